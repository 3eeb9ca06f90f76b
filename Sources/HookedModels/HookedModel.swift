public import Checkpoints
public import Imaging
public import Tensors
internal import TextNumbers

/// A model in memory: an immutable value that all requests share. What a request wants travels with its call.
public struct HookedModel: Sendable {
    /// The family its checkpoint was recognised as.
    public let family: String
    /// Its numbers and switches.
    public let architecture: Architecture
    /// What the classes are called, in order; shorter than the output, or empty, where the checkpoint does not say.
    /// Where it says nothing of a thousand classes, they have ImageNet's names; where it brings no emoji, a class has the
    /// one that the rules give to its name.
    public let labels: [ClassLabel]
    /// How pictures are prepared for it.
    public let preprocessing: Preprocessing
    /// Optional hooks that exist unless a request says otherwise.
    public let flags: HookFlags
    /// How the weights were rewritten when they were read.
    public let processing: Set<WeightTransform>
    /// Numbers that were trained.
    public let parameterCount: Int
    /// Whether its output is a place in a space that pictures share with texts, not one number a class.
    public let endsInEmbedding: Bool
    let transformer: Transformer

    /// Builds the model of pictures from a checkpoint.
    /// - Throws: ``ModelError`` or `CheckpointError`, each of which describes itself in a sentence that names no path.
    public init(_ checkpoint: Checkpoint, options: ModelOptions = ModelOptions()) throws {
        try self.init(checkpoint, options: options, families: FamilyCatalog.all)
    }

    /// As ``init(_:options:)``, of one of these families.
    init(_ checkpoint: Checkpoint, options: ModelOptions, families: [Family]) throws {
        var (family, input) = try FamilyCatalog.read(checkpoint, options, among: families)
        let names = try family.weights(input)
        input.tensorSizes = TensorSizes(names, input.weights)
        var architecture = try family.architecture(input)
        if let pooling = options.pooling { architecture.pooling = pooling }
        try architecture.validate(file: "config.json")
        self.family = family.name
        self.architecture = architecture
        let named = try options.labels.map { $0.map { ClassLabel(name: $0) } } ?? family.labels(input)
        labels = ClassLabel.completed(named, classes: architecture.classes)
        endsInEmbedding = family.text != nil && named.isEmpty
        preprocessing = try family.preprocessing(input, architecture)
        flags = options.flags.union(try family.flags(input))
        processing = options.processing
        transformer = try ModelBuilder(
            architecture, names, input.weights, transforms: options.processing
        ).build()
        parameterCount = checkpoint.entries.reduce(0) { $0 + $1.count }
        // What was read has been packed; the file's own pages need not stay in memory.
        checkpoint.releasePages()
    }

    /// Builds the text tower that stands beside the model of pictures; `nil` where the checkpoint has none.
    /// - Throws: As ``init(_:options:)``.
    public init?(textOf checkpoint: Checkpoint, options: ModelOptions = ModelOptions()) throws {
        var (family, input) = try FamilyCatalog.read(checkpoint, options)
        guard let tower = family.text else { return nil }
        input.tensorSizes = TensorSizes(tower.weights, input.weights)
        guard let architecture = try tower.architecture(input) else { return nil }
        try architecture.validate(file: "config.json")
        self.family = family.name
        self.architecture = architecture
        labels = []
        endsInEmbedding = true
        preprocessing = .unitScale(height: 1, width: 1)  // nothing that a text goes through
        flags = options.flags
        processing = options.processing
        transformer = try ModelBuilder(
            architecture, tower.weights, input.weights, transforms: options.processing
        ).build()
        parameterCount = 0  // counted with the model of pictures
        checkpoint.releasePages()
    }

    /// Runs one batch. Requests share the pass, whatever each of them wants; they agree in ``HookPlan/flags`` and
    /// ``HookPlan/stopAtLayer``.
    /// - Precondition: every request's pixels are [inputs] + ``Architecture/inputShape``, with at least one input.
    public func run(_ requests: [ForwardRequest], on crew: Crew = Threads.crew) -> [ForwardResult] {
        for request in requests {
            let shape = request.layer == nil ? architecture.inputShape : [architecture.positions, architecture.width]
            precondition(
                request.pixels.shape.dropFirst() == shape[...] && request.rows > 0,
                "\(request.pixels.shape) for a model that takes [n] + \(shape) there")
            precondition(
                request.plan.flags == requests[0].plan.flags && request.layer == requests[0].layer
                    && request.plan.stopAtLayer == requests[0].plan.stopAtLayer,
                "requests of one batch agree in flags, in where they begin and in where they stop")
        }
        // Inputs that read each other go through in one piece; the others are shared out.
        let pass = { ForwardPass(transformer: transformer, requests: $0, crew: crew).run() }
        let free = requests.filter { !$0.plan.readsInputs }
        var results = (free.isEmpty ? [] : pass(free))[...]
        return requests.map { request in
            if request.plan.readsInputs { return pass([request])[0] }
            return results.removeFirst()
        }
    }

    /// Bytes of the weights as they lie in memory; about twice as many once gradients were asked for, which multiply with the
    /// matrices the other way round.
    public var weightBytes: Int { transformer.byteCount }

    /// The name of a class; its number where it has none. What an embedding has are dimensions.
    public func label(_ index: Int) -> String {
        if endsInEmbedding { return "dimension \(index)" }
        return (labels.indices.contains(index) ? labels[index].name : nil) ?? "class \(index)"
    }

    /// The emoji of a class, where it has one.
    public func emoji(_ index: Int) -> String? {
        !endsInEmbedding && labels.indices.contains(index) ? labels[index].emoji : nil
    }
}
