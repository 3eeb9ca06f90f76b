internal import HTTP
internal import HTTPTypes
internal import HookedModels
internal import Imaging
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

/// Turns what a request brings into what a model takes: pictures are decoded and prepared on threads of their own,
/// tensors checked.
struct InputReader: Sendable {
    let limits: ServiceLimits
    let pool: BlockingPool

    /// - Returns: [input] + the model's input shape, in the order given.
    func pixels(
        _ options: InputOptions, _ payload: RequestPayload, for tower: LoadedTower, _ preprocessing: Preprocessing,
        _ context: RequestContext
    ) async throws -> Tensor {
        let sources = try sources(options, payload)
        let shape = tower.model.architecture.inputShape
        return try await context.timings.measure(.decode) {
            var rows: [Tensor] = []
            try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
                for (index, source) in sources.enumerated() {
                    group.addTask {
                        (index, try await read(source.value, at: source.place, options, tower, preprocessing))
                    }
                }
                var unordered = [Tensor?](repeating: nil, count: sources.count)
                for try await (index, tensor) in group { unordered[index] = tensor }
                rows = unordered.compactMap { $0 }
            }
            let count = rows.reduce(0) { $0 + $1.shape[0] }
            guard count > 0 else { throw none }
            guard count <= limits.inputs else { throw tooMany(count) }
            return rows.count == 1 ? rows[0] : Tensor.concatenated(rows).reshaped([count] + shape)
        }
    }

    /// How many inputs there are, without decoding a picture: what a dry run needs.
    func count(_ options: InputOptions, _ payload: RequestPayload, for tower: LoadedTower) throws -> Int {
        let count = try sources(options, payload).reduce(0) { count, source in
            guard case .tensor(let tensor) = source.value else { return count + 1 }
            return count + (try rows(of: tensor, at: source.place, tower)).shape[0]
        }
        guard count <= limits.inputs else { throw tooMany(count) }
        return max(count, 1)
    }

    /// An input and where it stands in the document; `nil` for one that came beside it.
    struct Place: Sendable {
        let value: InputSource
        let place: JSONPointer?
    }

    func sources(_ options: InputOptions, _ payload: RequestPayload) throws -> [Place] {
        if let inputs = options.inputs {
            guard payload.content == nil else {
                throw FieldError(.pointer(JSONPointer()["inputs"]), "the body itself is the input; leave the field out")
            }
            guard inputs.count <= limits.inputs else { throw tooMany(inputs.count) }
            var named: Set<String> = []
            let places = try inputs.enumerated().map { index, source in
                let place = options.places?[index] ?? JSONPointer()["inputs"][index]
                guard case .part(let name) = source else { return Place(value: source, place: place) }
                let part = try payload.part(named: name, referredFrom: place["image"]["part"])
                named.insert(name)
                return Place(value: .image(part.bytes), place: place)
            }
            if let stranger = payload.parts.first(where: { !named.contains($0.name) }) {
                throw Problem(
                    .badRequest,
                    "The part named \"\(stranger.name)\" is not used: no input refers to it. Without the field inputs, the "
                        + "parts named \"image\" are the inputs.")
            }
            return places
        }
        if let content = payload.content {
            if content.mediaType.essence == SafetensorsBody.mediaType.essence {
                return [Place(value: .tensor(try SafetensorsBody.pixelValues(in: content.bytes)), place: nil)]
            }
            return [Place(value: .image(content.bytes), place: nil)]
        }
        let parts = payload.parts(named: "image")
        if let stranger = payload.parts.first(where: { $0.name != "image" }) {
            throw Problem(
                .badRequest, "A part named \"\(stranger.name)\" is not used: expected \"image\" or \"request\".")
        }
        return parts.map { Place(value: .image($0.bytes), place: nil) }
    }

    func read(
        _ source: InputSource, at place: JSONPointer?, _ options: InputOptions, _ tower: LoadedTower,
        _ preprocessing: Preprocessing
    ) async throws -> Tensor {
        switch source {
        case .tensor(let tensor): return try rows(of: tensor, at: place, tower)
        case .text(let text): return try await ids(of: text, at: place, tower)
        case .tokens(let ids): return try row(of: ids, at: place, tower)
        case .part: preconditionFailure("parts are resolved before anything is read")
        case .image(let bytes): return try await picture(bytes, at: place, options, tower, preprocessing)
        }
    }

    private func picture(
        _ bytes: [UInt8], at place: JSONPointer?, _ options: InputOptions, _ tower: LoadedTower,
        _ preprocessing: Preprocessing
    ) async throws -> Tensor {
        if tower.text != nil { throw notText("picture", at: place?["image"]) }
        let architecture = tower.model.architecture
        guard [1, 3].contains(architecture.channels) else {
            throw Problem(
                .badRequest,
                "The model takes \(architecture.channels) channels; pictures have 3, or 1 as grey. Send a tensor of "
                    + "\(architecture.inputShape).")
        }
        let (limits, exif, isGrey) = (limits.image, options.exif, architecture.channels == 1)
        let prepared: Tensor
        do {
            prepared = try await pool.run {
                let pixels = try Pixels(decoding: bytes, limits: limits, exif: exif)
                guard isGrey else { return try preprocessing(pixels, limits: limits) }
                // All three channels are alike; the first is prepared as red would be.
                return try preprocessing(pixels.grey, limits: limits).rows(0..<1)
            }
        } catch let error as ImageError {
            throw located(error, at: place)
        }
        guard prepared.shape == architecture.inputShape else {
            let field = FieldError.Place.pointer(JSONPointer()["preprocess"])
            throw FieldError(
                field,
                "these settings make \(prepared.shape) of the picture; the model takes \(architecture.inputShape)")
        }
        return prepared.unsqueezed()
    }

    func rows(of tensor: Tensor, at place: JSONPointer?, _ tower: LoadedTower) throws -> Tensor {
        // Whatever numbers: they would be taken for ids.
        if tower.text != nil { throw notText("tensor", at: place?["tensor"]) }
        let shape = tower.model.architecture.inputShape
        if tensor.shape == shape { return tensor.unsqueezed() }
        if tensor.rank == shape.count + 1, tensor.shape.dropFirst() == shape[...], tensor.shape[0] > 0 { return tensor }
        let detail = "a tensor of \(tensor.shape) does not fit; the model takes \(shape) or [n] + \(shape)"
        throw FieldError(.pointer(place?["tensor"] ?? JSONPointer()["pixel_values"]), detail)
    }

    /// The problem, with the place of the picture where the document names it.
    private func located(_ error: ImageError, at place: JSONPointer?) -> Problem {
        var problem = error.problem
        if let place { problem.errors = [FieldError(.pointer(place["image"]), error.description)] }
        return problem
    }

    var none: FieldError {
        FieldError(.pointer(JSONPointer()["inputs"]), "no input: expected at least one picture, text or tensor")
    }

    func tooMany(_ count: Int) -> Problem {
        Problem(
            .contentTooLarge, "\(count) inputs are more than the limit of \(limits.inputs) (limits.inputs).",
            members: Problem.limit("inputs", limits.inputs))
    }
}
