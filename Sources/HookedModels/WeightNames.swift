/// What a linear layer is called, and how it lies.
enum LinearName: Sendable, Equatable, ExpressibleByStringLiteral {
    /// PyTorch's: `name.weight` [output, input], and `name.bias` where there is one.
    case torch(String)
    /// Parameters that multiply from the right: a weight [input, output], and a bias. Where the input is that of heads, the
    /// weight is [head, input / heads, output]: the same elements.
    case parameters(weight: String, bias: String?, heads: Int? = nil)

    init(stringLiteral name: String) { self = .torch(name) }
}

/// What the weight and the bias of a norm are called.
struct NormName: Sendable, ExpressibleByStringLiteral {
    let weight: String
    let bias: String

    /// PyTorch's: `name.weight` and `name.bias`.
    init(stringLiteral name: String) { self.init(weight: name + ".weight", bias: name + ".bias") }

    init(weight: String, bias: String) {
        self.weight = weight
        self.bias = bias
    }
}

/// What a family's tensors are called. Names within a block follow `block` and its number.
struct WeightNames: Sendable {
    /// Queries, keys and values.
    enum Projection: Sendable {
        case separate(query: LinearName, key: LinearName, value: LinearName)
        /// One matrix [3 · inner, d_model] of three parts: queries, keys, values.
        case fused(weight: String, bias: String)
        /// ViT-Prisma's own: `W_Q` [head, d_model, d_head] and `b_Q` [head, d_head] under this path, and so on.
        case perHead(String)

        static func fused(_ name: String) -> Projection { .fused(weight: name + ".weight", bias: name + ".bias") }
    }

    /// Where the query of an attention-pooling head and its parts are.
    struct AttentionPooling: Sendable {
        var query: String
        var projection: PoolingProjection
        var output: LinearName
        var norm: NormName
        var mlpInput: LinearName
        var mlpOutput: LinearName
    }

    enum PoolingProjection: Sendable {
        /// One matrix of three parts.
        case fused(weight: String, bias: String)
        /// Queries by themselves, keys and values in one matrix.
        case queryAndPairs(query: String, pairs: String)
    }

    /// What may stand before all names but the head's: the first under which anything is found.
    var prefixes = [""]
    /// Of a text tower: the table [vocabulary, d_model].
    var tokens: String?
    /// A convolution: `name.weight` [d_model, channel, height, width], and `name.bias` where there is one.
    var patches = ""
    var classToken = ""
    var distillationToken: String?
    var registers: String?
    var positions: String
    var lnPre: NormName?
    var block: String
    var ln1: NormName
    var projection: Projection
    var attentionOutput: LinearName
    /// Scales of what a block adds.
    var layerScales: (attention: String, mlp: String)?
    var ln2: NormName
    var mlpInput: LinearName
    /// The norm of SoLU.
    var mlpNorm: NormName?
    var mlpOutput: LinearName
    var lnFinal: NormName
    var attentionPooling: AttentionPooling?
    /// The norm after pooling.
    var pooledNorm: NormName?
    var head: LinearName
    /// Of all towers, the layers that give vectors of one space, this tower's ``head`` among them: their outputs are as wide.
    /// Empty where there is one tower.
    var projections: [LinearName] = []
    /// Averaged with the head.
    var distillationHead: LinearName?
    /// Beginnings of names of tensors that the model has no use for.
    var ignored: [String] = []
}
