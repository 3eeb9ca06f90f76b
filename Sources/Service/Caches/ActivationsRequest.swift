internal import HTTPTypes
internal import HookedModels
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

/// Which activations of which inputs: what `/activations` answers and `/v1/caches` keeps.
struct ActivationsRequest: Sendable {
    let options: InputOptions
    let capture: CaptureRequest
    /// Whether they stay on the server.
    let isStored: Bool
    /// The model, where the path does not name it.
    let model: String

    /// Of a model that the path names.
    static let form = Form.object(
        "ActivationsRequest",
        fields: InputOptions.inputs(), InputOptions.preprocess(), InputOptions.exif(), InputOptions.tower(),
        InputOptions.flags(), InputOptions.interventions(), InputOptions.deterministic(), InputOptions.dryRun(),
        CaptureForm.hooksOrAll(), CaptureForm.positions(), CaptureForm.heads(), CaptureForm.keys(),
        CaptureForm.features(), CaptureForm.reduce(),
        Field(
            "store", .boolean, default: false,
            "Keeps the activations on the server and answers what `POST /v1/caches` does, as JSON."),
        make: {
            inputs, preprocess, exif, tower, flags, interventions, isDeterministic, isDryRun, hooks, positions, heads,
            keys, features, reduction, isStored in
            ActivationsRequest(
                options: InputOptions(
                    inputs: inputs, preprocess: preprocess, exif: exif, flags: flags, isDeterministic: isDeterministic,
                    isDryRun: isDryRun, tower: tower, interventions: interventions),
                capture: CaptureForm.make(hooks, positions, heads, keys, features, reduction), isStored: isStored,
                model: "")
        })

    /// Of a model that the document names.
    static let cacheForm = Form.object(
        "NewCache",
        fields: Field("model", .string(length: 1...128), "The id of the model that runs."), InputOptions.inputs(),
        InputOptions.preprocess(), InputOptions.exif(), InputOptions.tower(), InputOptions.flags(),
        InputOptions.interventions(), InputOptions.deterministic(), InputOptions.dryRun(), CaptureForm.hooksOrAll(),
        CaptureForm.positions(), CaptureForm.heads(), CaptureForm.keys(), CaptureForm.features(),
        CaptureForm.reduce(),
        make: {
            model, inputs, preprocess, exif, tower, flags, interventions, isDeterministic, isDryRun, hooks, positions,
            heads, keys, features, reduction in
            ActivationsRequest(
                options: InputOptions(
                    inputs: inputs, preprocess: preprocess, exif: exif, flags: flags, isDeterministic: isDeterministic,
                    isDryRun: isDryRun, tower: tower, interventions: interventions),
                capture: CaptureForm.make(hooks, positions, heads, keys, features, reduction), isStored: true,
                model: model)
        })

    /// The run that gives them.
    func run(_ service: PrismaService, _ loaded: LoadedModel) throws -> ModelRun {
        var run = try ModelRun(
            service, loaded, options, captures: [capture],
            place: { _, hook in hook.map { JSONPointer()["hooks"][$0] } ?? JSONPointer() })
        run.isStored = isStored
        return run
    }

    /// Runs the model and keeps what it gives.
    /// - Throws: as a run; 413 for more than all caches may hold.
    func store(
        _ run: ModelRun, _ payload: RequestPayload, _ context: RequestContext
    ) async throws -> CacheStore.Listed {
        let service = run.service
        let (result, pixels) = try await run.execute(payload, context)
        let table = HookTable(run.tower.model.architecture, flags: run.plan.flags)
        let axes = Dictionary(uniqueKeysWithValues: table.entries.map { ($0.point.name, $0.axes) })
        let hooks = try await service.pool.run {
            var hooks = result.captures.map { name, values in
                StoredCache.Hook(
                    name: name, axes: axes[name] ?? [], values: RowPieces(values.pieces.map { $0.compacted() }))
            }
            if run.showsPixels {
                let axes = [Axis](repeating: .single, count: pixels.rank - 1)
                hooks.append(
                    StoredCache.Hook(
                        name: CaptureForm.pixelValues, axes: axes, values: RowPieces([pixels.compacted()])))
            }
            return hooks
        }
        let ticket = service.caches.ticket()
        let listed = try service.caches.add(
            StoredCache(
                id: ticket.id, model: run.loaded.id, generation: run.loaded.generation, tower: run.tower.tower,
                flags: run.plan.flags, selection: capture.selection, hooks: hooks, inputs: pixels.shape[0],
                created: ticket.created, provenance: run.provenance.value))
        context.setResponseField(.location, "/v1/caches/\(listed.cache.id)")
        return listed
    }
}
