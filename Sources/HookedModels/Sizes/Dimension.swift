/// A size of a model that the shapes of its tensors tell. How many heads share the width is none: no tensor of most
/// libraries has an axis of heads.
enum Dimension: Hashable, Sendable {
    /// Blocks.
    case layers
    /// d_model.
    case width
    /// n_heads, where each head has matrices of its own.
    case heads
    /// d_head, likewise.
    case headWidth
    /// d_mlp.
    case neurons
    /// n_channels.
    case channels
    /// Of a patch, in pixels.
    case patchHeight, patchWidth
    /// Tokens that have a learned position; of a text tower, its context.
    case positions
    /// Learned tokens that stand for nothing.
    case registers
    /// Token ids are below it.
    case vocabulary
    /// What the head gives: classes, or the width of a space of pictures and texts.
    case classes

    /// What it may be; a tensor that says anything else has no say.
    var range: ClosedRange<Int> {
        switch self {
        case .layers: Limits.layers
        case .width, .headWidth: Limits.width
        case .classes: Limits.classes
        case .heads: Limits.heads
        case .neurons: Limits.neurons
        case .channels: Limits.channels
        case .patchHeight, .patchWidth: Limits.side
        case .positions: 1...Limits.positions
        case .registers: 0...Limits.positions
        case .vocabulary: Limits.vocabulary
        }
    }

    /// As messages call it.
    var name: String {
        switch self {
        case .layers: "n_layers"
        case .width: "d_model"
        case .heads: "n_heads"
        case .headWidth: "d_head"
        case .neurons: "d_mlp"
        case .channels: "n_channels"
        case .patchHeight: "the height of a patch"
        case .patchWidth: "the width of a patch"
        case .positions: "the number of positions"
        case .registers: "the number of registers"
        case .vocabulary: "the size of the vocabulary"
        case .classes: "the width of the output"
        }
    }
}
