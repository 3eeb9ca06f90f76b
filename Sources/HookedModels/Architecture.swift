public import Tensors

/// What a vision transformer is made of: numbers and switches, no weights.
///
/// One forward pass serves every family; what differs between them stands here. The names in ``configuration`` are those
/// of ViT-Prisma's `HookedViTConfig`.
public struct Architecture: Sendable, Equatable {
    /// n_layers.
    public var layers: Int
    /// d_model: the width of the residual stream.
    public var width: Int
    /// n_heads.
    public var heads: Int
    /// d_head.
    public var headWidth: Int
    /// d_mlp: neurons of a layer.
    public var neurons: Int
    /// n_channels of a picture.
    public var channels = 3
    /// Height and width of a picture, in pixels.
    public var image: Extent
    /// Height and width of a patch, in pixels.
    public var patch: Extent
    /// What a text tower reads; `nil` for pictures.
    public var text: TextInput?
    /// A learned token stands before the patches.
    public var hasClassToken = true
    /// What layer norms do.
    public var normalization = Normalization.layerNorm
    /// What layer norms add to the variance.
    public var eps: Float
    /// A second learned token, whose head is averaged with the class token's (DeiT, Touvron et al. 2021, arXiv:2012.12877).
    public var hasDistillationToken = false
    /// Learned tokens that stand for nothing (Darcet et al. 2023, arXiv:2309.16588), after the class token.
    public var registers = 0
    /// Which tokens have a learned position.
    public var positioned = Positioned.all
    /// A norm between the embedding and the first block.
    public var hasPreNorm = false
    /// How norms and halves of a block follow each other.
    public var block = BlockKind.preNorm
    /// What a block adds is scaled, channel by channel (Touvron et al. 2021, arXiv:2103.17239).
    public var hasLayerScale = false
    /// A norm after the last block.
    public var hasFinalNorm = true
    /// A norm after pooling.
    public var hasPooledNorm = false
    /// Between the two halves of the MLP.
    public var activation = Activation.gelu
    /// x · softmax(x) and a norm in place of the activation (Elhage et al. 2022, transformer-circuits.pub/2022/solu).
    public var hasSoLU = false
    /// Blocks without the second half.
    public var isAttentionOnly = false
    /// Scores are divided by √d_head.
    public var scalesAttention = true
    /// Which positions see which.
    public var mask = AttentionMask.bidirectional
    /// How positions become the output.
    public var pooling = Pooling.cls
    /// The width of the head's output; `nil` for a model that ends with its pooled features.
    public var classes: Int?
    /// The output is divided by its length.
    public var normalizesOutput = false

    /// Two sides, in pixels or in patches.
    public struct Extent: Sendable, Equatable {
        /// Counted downwards.
        public var height: Int
        /// Counted to the right.
        public var width: Int

        /// Height and width.
        public init(height: Int, width: Int) {
            self.height = height
            self.width = width
        }

        /// Both sides alike.
        public init(square side: Int) { self.init(height: side, width: side) }
    }

    /// Which tokens have a learned position.
    public enum Positioned: String, Sendable {
        case all
        /// The class token and the patches; registers have none.
        case classAndPatches
        case patches
    }

    /// How norms and halves of a block follow each other.
    public enum BlockKind: String, Sendable {
        /// x + f(norm(x))
        case preNorm
        /// x + norm(f(x)): ViT-Prisma's BertBlock.
        case branchNorm
    }

    /// Kinds of layer norm, under ViT-Prisma's names.
    public enum Normalization: String, Sendable {
        case layerNorm = "LN"
        /// Without weight and bias.
        case layerNormPre = "LNPre"
        case none
    }

    /// How positions become one vector.
    public enum Pooling: String, Sendable, CaseIterable {
        /// The class token.
        case cls
        /// The mean of the patches.
        case mean
        /// The mean of all positions, the class token included: ViT-Prisma's `gaap`.
        case meanOfAll = "gaap"
        /// A learned query attends over all positions (SigLIP, Zhai et al. 2023, arXiv:2303.15343).
        case attention = "map"
        /// The class token and the mean of the patches, one after the other (DINOv2's classifier).
        case clsThenMean = "cls_then_mean"
        /// Where a text ends.
        case endOfText = "end_of_text"
        /// Class token and distillation token, one after the other.
        case clsAndDistillation = "cls_and_distillation"
        /// The class token and the mean of the patches, on a new last axis (DINO's ViT-B, for its linear head).
        case clsAndMean = "cls_and_mean"
        /// All positions.
        case none
    }

    /// The numbers that have no usual value. - Parameter headWidth: width / heads unless given.
    public init(
        layers: Int, width: Int, heads: Int, headWidth: Int? = nil, neurons: Int, image: Extent, patch: Extent,
        eps: Float
    ) {
        self.layers = layers
        self.width = width
        self.heads = heads
        self.headWidth = headWidth ?? width / max(heads, 1)
        self.neurons = neurons
        self.image = image
        self.patch = patch
        self.eps = eps
    }

    /// Rows and columns of patches.
    public var grid: Extent { Extent(height: image.height / patch.height, width: image.width / patch.width) }

    /// Patches of a picture.
    public var patches: Int { grid.height * grid.width }

    /// Positions before the first patch.
    public var prefixTokens: Int { (hasClassToken ? 1 : 0) + (hasDistillationToken ? 1 : 0) + registers }

    /// Tokens that have a learned position.
    public var positionedTokens: Int {
        switch positioned {
        case .all: positions
        case .classAndPatches: patches + 1
        case .patches: patches
        }
    }

    /// The width of what pooling gives, which the head reads.
    public var pooledWidth: Int { [.clsAndDistillation, .clsThenMean].contains(pooling) ? 2 * width : width }

    /// Tokens of a picture, the class token included.
    public var positions: Int { patches + prefixTokens }

    /// The shape of one input: [channel, height, width], or [position] of token ids.
    public var inputShape: [Int] { text.map { [$0.context] } ?? [channels, image.height, image.width] }

    /// The shape of one output.
    public var outputShape: [Int] {
        switch pooling {
        case .cls, .mean, .meanOfAll, .attention, .endOfText, .clsThenMean, .clsAndDistillation:
            [classes ?? pooledWidth]
        case .clsAndMean: [width, 2]
        case .none: [positions, classes ?? width]
        }
    }

    /// Floating-point operations of one forward pass over one picture: two a multiplication of a product's terms.
    public func operations(layers computed: Int? = nil) -> Int {
        let block =
            2 * positions * (4 * width * heads * headWidth + (isAttentionOnly ? 0 : 2 * width * neurons))
            + 4 * positions * positions * heads * headWidth
        let embedding = 2 * patches * channels * patch.height * patch.width * width
        return embedding + (computed ?? layers) * block + 2 * width * (classes ?? 0)
    }
}
