public import HookedModels

/// A vision transformer so small that a test can afford many of them, with weights that are the same in every run.
public struct TinyModel: Sendable {
    /// Who could have written it.
    public var layout: Layout
    /// Blocks.
    public var layers: Int
    /// d_model.
    public var width: Int
    /// Heads, which divide the width.
    public var heads: Int
    /// d_mlp.
    public var neurons: Int
    /// The side of a picture.
    public var image: Int
    /// The side of a patch.
    public var patch: Int
    /// What the head gives, where the layout has one: classes, or the width of a space of pictures and texts.
    public var classes: Int
    /// What the weights are drawn from.
    public var seed: UInt64

    /// A model of any of the layouts.
    public init(
        _ layout: Layout = .huggingFace, layers: Int = 2, width: Int = 24, heads: Int = 3, neurons: Int = 40,
        image: Int = 32, patch: Int = 8, classes: Int = 5, seed: UInt64 = 1
    ) {
        self.layout = layout
        self.layers = layers
        self.width = width
        self.heads = heads
        self.neurons = neurons
        self.image = image
        self.patch = patch
        self.classes = classes
        self.seed = seed
    }

    /// Tokens, those before the patches included.
    public var positions: Int { patches + layout.prefixTokens }

    var patches: Int { (image / patch) * (image / patch) }

    /// The width of an output.
    public var outputWidth: Int { layout.hasHead ? classes : width }

    /// Its files, to be written as they are or damaged before.
    public var checkpoint: TinyCheckpoint {
        switch layout.family {
        case "hf_clip": clip
        case "open_clip": openCLIP
        case "hf_dinov2": dinov2
        case "hf_siglip": sigLIP
        case "timm_vit": timm
        case "prisma": prisma
        default: huggingFace
        }
    }

    /// The model in memory, by way of files.
    public func load(options: ModelOptions = ModelOptions()) throws -> HookedModel {
        try checkpoint.load(options: options)
    }

    /// The text tower in memory, by way of files; `nil` where the layout has none.
    public func loadText() throws -> HookedModel? { try checkpoint.loadText() }

    /// What the classes are called: the first two have names and emoji of their own.
    static let names = ["tabby, tabby cat", "heart"]
    static let emoji = ["🐈", "❤️"]

    /// A class's name as the checkpoint gives it.
    public static func label(_ index: Int) -> String {
        names.indices.contains(index) ? names[index] : "thing \(index)"
    }
}
