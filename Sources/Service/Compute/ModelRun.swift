internal import Checkpoints
internal import HTTPTypes
internal import HookedModels
internal import Imaging
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// One request's way through a model: what it wants is planned and weighed, its inputs are read, the pass is run.
struct ModelRun: Sendable {
    let service: PrismaService
    let loaded: LoadedModel
    /// The one of its towers that runs.
    let tower: LoadedTower
    let options: InputOptions
    let plan: HookPlan
    /// How this request's pictures are prepared.
    let preprocessing: Preprocessing
    /// Whether the request asked to see what went into the model.
    let showsPixels: Bool
    /// What is made of the activations, for the provenance.
    var analysis: JSONValue = .null
    /// Whether rows of the output are brought to unit length.
    var normalizesOutput = false
    /// Gradients that are computed beside the activations.
    var gradients: GradientAsk?
    /// Shapes for one input that are held beside the captures, so that what can never fit is refused.
    var alsoHeld: [[Int]] = []
    /// Whether the captures stay on the server, which has a limit of its own.
    var isStored = false

    /// - Parameters:
    ///   - captures: what the request wants to see; `pixel_values` among the hooks is taken out.
    ///   - place: where in the document a capture, or one of its hooks, stands.
    /// - Throws: 409 for a tower that the model does not have; 400 for the plan and for settings of the preprocessing.
    init(
        _ service: PrismaService, _ loaded: LoadedModel, _ options: InputOptions, captures: [CaptureRequest] = [],
        stopAtLayer: Int? = nil, place: (_ capture: Int, _ hook: Int?) -> JSONPointer = ModelRun.inCapture
    ) throws {
        self.service = service
        self.options = options
        self.loaded = loaded
        tower = try loaded.tower(options.tower)
        if case .overriding = options.preprocess, tower.text != nil {
            throw FieldError(.pointer(JSONPointer()["preprocess"]), "texts have no settings of pictures")
        }
        let image = tower.model.architecture.image
        preprocessing = try options.preprocess.apply(
            to: tower.model.preprocessing, height: image.height, width: image.width)
        var wanted = captures
        for index in wanted.indices { wanted[index].hooks.removeAll { $0 == CaptureForm.pixelValues } }
        showsPixels = captures.contains { $0.hooks.contains(CaptureForm.pixelValues) }
        do {
            let interventions = try options.interventions.enumerated().map { index, wish in
                try wish.intervention(at: JSONPointer()["interventions"][index]) { id, place in
                    try CachedValues(id, of: service, loaded, options.tower, at: place)
                }
            }
            plan = try HookPlan(
                wanted.filter { !$0.hooks.isEmpty }, interventions: interventions, for: tower.model.architecture,
                flags: options.flags.apply(to: tower.model.flags), stopAtLayer: stopAtLayer)
        } catch let error as HookPlanError {
            throw error.fieldError(place)
        }
    }

    /// `/capture/0/hooks/1`.
    static func inCapture(_ capture: Int, _ hook: Int?) -> JSONPointer {
        let pointer = JSONPointer()["capture"][capture]
        return hook.map { pointer["hooks"][$0] } ?? pointer
    }

    /// Runs the pass.
    /// - Throws: 400, 413, 415, 422 for the inputs; 413 where the answer would be too large; 429, 503, 504.
    func execute(_ payload: RequestPayload, _ context: RequestContext) async throws -> (ForwardResult, pixels: Tensor) {
        try weigh(inputs: try service.inputs.count(options, payload, for: tower))
        let pixels = try await service.inputs.pixels(options, payload, for: tower, preprocessing, context)
        try check(inputs: pixels.shape[0])
        return (try await pass(pixels, context), pixels)
    }

    /// One pass over prepared inputs; gradients stand among the captures, under their own names.
    /// - Parameter deadline: what is left of the request's own; the whole of it where absent.
    func pass(_ pixels: Tensor, _ context: RequestContext, deadline: Duration? = nil) async throws -> ForwardResult {
        guard let gradients else {
            return try await service.lane.run(
                ForwardRequest(pixels: pixels, plan: plan), on: tower, of: loaded, alone: options.isDeterministic,
                context: context, deadline: deadline)
        }
        let request = gradients.request(pixels, along: plan)
        return try await service.lane.analyse(context, deadline: deadline) { [tower, loaded] crew in
            defer { withExtendedLifetime(loaded) {} }
            return tower.model.gradients(request, on: crew).combined
        }
    }

    /// Holds what interventions say of inputs against how many there are.
    func check(inputs count: Int) throws {
        do {
            try plan.check(inputs: count)
        } catch {
            throw error.fieldError(Self.inCapture)
        }
    }

    /// The answer of an endpoint whose tensors are the output and the captures.
    func answer(_ payload: RequestPayload, _ context: RequestContext, withOutput: Bool) async throws -> TensorAnswer {
        if options.isDryRun {
            var shapes = plan.captures
            if withOutput, plan.stopAtLayer == nil {
                shapes.insert(("output", tower.model.architecture.outputShape), at: 0)
            }
            if showsPixels { shapes.append((CaptureForm.pixelValues, tower.model.architecture.inputShape)) }
            shapes += gradients?.shapes(tower.model.architecture) ?? []
            return try dryRun(payload, shapes)
        }
        return try await answer(payload, context) { result, pixels in
            var tensors: [(name: String, values: RowPieces)] = []
            if withOutput, let output = result.output {
                tensors.append(
                    ("output", normalizesOutput ? RowPieces(output.pieces.map { $0.withUnitRows() }) : output))
            }
            tensors += result.captures
            if showsPixels { tensors.append((CaptureForm.pixelValues, RowPieces([pixels]))) }
            return TensorAnswer(members: [provenance], perInput: metricMembers(result), tensors: tensors)
        }
    }

    /// The metric that gradients are of, for each input.
    private func metricMembers(_ result: ForwardResult) -> [JSONMember] {
        guard let metric = gradients?.metric, let output = result.output else { return [] }
        return [JSONMember("metric", .numbers(output.rows.map { metric($0.squeezed()) }))]
    }

    /// What the request would compute and answer, without running it.
    /// - Parameter shapes: of the answer's tensors, for one input.
    func dryRun(_ payload: RequestPayload, _ shapes: [(name: String, shape: [Int])]) throws -> TensorAnswer {
        let count = try service.inputs.count(options, payload, for: tower)
        let architecture = tower.model.architecture
        let tensors = shapes.map { name, shape in
            JSONMember(
                name,
                [
                    "datatype": "FP32", "shape": .integers([count] + shape),
                    "bytes": .integer(Int64(HookPlan.bytes(of: [shape], inputs: count))),
                ])
        }
        let bytes = HookPlan.bytes(of: shapes.map(\.shape), inputs: count)
        // Back through a product takes as long as the product itself.
        let passes = gradients == nil ? 1 : 2
        let operations = count * passes * architecture.operations(layers: plan.stopAtLayer)
        return TensorAnswer(
            members: [
                JSONMember("dry_run", true), JSONMember("inputs", .integer(Int64(count))),
                JSONMember("tensors", .object(tensors)), JSONMember("bytes", .integer(Int64(bytes))),
                JSONMember("floating_point_operations", .integer(Int64(operations))), provenance,
            ], tensors: [], showsTensors: false)
    }

    /// Of what one input gives: captures and output.
    var weighedShapes: [[Int]] {
        let architecture = tower.model.architecture
        return plan.captures.map(\.shape) + [architecture.outputShape] + (showsPixels ? [architecture.inputShape] : [])
            + (gradients?.shapes(architecture).map(\.shape) ?? []) + alsoHeld
    }

    /// Refuses what could never be answered.
    func weigh(inputs count: Int) throws(Problem) {
        let shapes = weighedShapes
        if isStored {
            let kept = plan.captures.map(\.shape) + (showsPixels ? [tower.model.architecture.inputShape] : [])
            return try service.caches.check(bytes: HookPlan.bytes(of: kept, inputs: count))
        }
        let (each, bytes) = (HookPlan.bytes(of: shapes, inputs: 1), HookPlan.bytes(of: shapes, inputs: count))
        let limit = service.limits.responseTensors
        guard bytes > limit else { return }
        throw Problem(
            .contentTooLarge,
            "The answer would hold \(bytes) bytes of tensors (\(each) for each of \(count) inputs), more than the limit of "
                + "\(limit) (limits.response_tensors). Ask for fewer hooks, positions or inputs.",
            members: Problem.limit("response_tensors", limit))
    }

    /// What an answer came from.
    var provenance: JSONMember {
        let preparation: JSONValue = ["settings": preprocessing.json, "exif": .string(options.exif.rawValue)]
        var wish: JSONValue = [
            "flags": plan.flags.json, "stop_at_layer": JSONValue(orNull: plan.stopAtLayer),
            "interventions": .list(options.interventions.map(\.document)), "captures": plan.captureDocument,
            "pixel_values": .bool(showsPixels),
            "tower": .string(tower.tower.rawValue), "normalize": .bool(normalizesOutput),
        ]
        if let gradients { wish = ["run": wish, "gradients": gradients.document(tower.model)] }
        if !analysis.isNull { wish = ["run": wish, "analysis": analysis] }
        return Self.provenance(of: loaded, tower: tower.tower, preparation: preparation, wish: wish)
    }

    /// What an answer came from, with digests of how inputs are prepared and of what is wished for.
    static func provenance(
        of loaded: LoadedModel, tower: Tower = .vision, preparation: JSONValue, wish: JSONValue
    ) -> JSONMember {
        let processing = WeightTransform.names(loaded.model.processing)
        let plan: JSONValue =
            processing.isEmpty ? wish : ["processing": .strings(processing), "of": wish]
        return JSONMember(
            "provenance",
            [
                "model": .string(loaded.id), "tower": .string(tower.rawValue),
                "weights": JSONValue(orNull: loaded.digest.value),
                "preprocessing": .string(Digest.sha256(of: preparation.serialized)),
                "plan": .string(Digest.sha256(of: plan.serialized)), "server": .string(ServerVersion.number),
            ])
    }

    /// As ``provenance`` writes it.
    static let provenanceSchema = Schema.object(
        "Provenance", "What an answer came from.",
        properties: [
            .init("model", .string), .init("tower", .choice(Tower.allCases.map(\.rawValue))),
            .init("weights", .string.nullable), .init("preprocessing", .string),
            .init("plan", .string), .init("server", .string),
        ])
}
