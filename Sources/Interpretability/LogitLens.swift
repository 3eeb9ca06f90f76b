public import HookedModels
public import Tensors

/// The logit lens (nostalgebraist 2020, lesswrong.com/posts/AcKRB8wDpdaN6v6ru): what the head would say of the stream on its
/// way, layer by layer and position by position.
///
/// With ``Norm/own`` a stream is what the model would answer if the remaining blocks did nothing: the last stream of a
/// model that reads its class token equals its logits there. ``Norm/finalScale`` is ViT-Prisma's: centred, divided by the
/// scale of the final norm at that position, and neither weight nor bias of that norm.
public struct LogitLens: Sendable {
    /// What is read.
    public enum Component: String, Sendable, CaseIterable {
        /// What enters each layer, and what leaves the last.
        case residPre = "resid_pre"
        /// Between attention and MLP.
        case residMid = "resid_mid"
        /// What leaves each layer.
        case residPost = "resid_post"
        /// What each attention adds.
        case attnOut = "attn_out"
        /// What each MLP adds.
        case mlpOut = "mlp_out"
    }

    /// How a stream is brought to the scale that the head expects.
    public enum Norm: String, Sendable, CaseIterable {
        case own
        case finalScale = "final_scale"
    }

    /// One stream: where it is taken, and what it is called.
    public struct Stream: Sendable, Equatable {
        /// ViT-Prisma's: `0_pre`, `0_mid`, `0_attn_out`, … `final_post`.
        public let label: String
        /// Where it is taken.
        public let point: HookPoint
    }

    /// What is asked of each row of logits.
    public struct Wish: Sendable {
        /// How many of the best classes.
        public var top: Int
        /// The classes whose logits and ranks are wanted; `nil` for the logits of all, and no ranks.
        public var classes: [Int]?
        /// What is made of the head's output before it is read: [1, position, d] → [1, position, class]; `nil` where the
        /// head gives the classes itself.
        public var reading: (@Sendable (Tensor, Crew) -> Tensor)?

        /// The best `top` classes, and logits.
        public init(
            top: Int, classes: [Int]? = nil, reading: (@Sendable (Tensor, Crew) -> Tensor)? = nil
        ) {
            self.top = top
            self.classes = classes
            self.reading = reading
        }
    }

    /// What the lens shows of one picture.
    public struct View: Sendable {
        /// [1, stream, position, class]: all classes or the chosen ones.
        public let logits: Tensor
        /// [stream][position]: the best classes of all; none where a row of logits has no order.
        public let top: [[[ClassRanking.Score]]]
        /// [stream][position][class]: how many classes come before the chosen ones; `nil` where a row of logits has no order;
        /// empty where none is chosen.
        public let ranks: [[[Int?]]]
    }

    /// How streams are normalised.
    public let norm: Norm
    /// Whether the head's bias is added.
    public let addsBias: Bool

    /// A lens of this kind.
    public init(norm: Norm, addsBias: Bool) {
        self.norm = norm
        self.addsBias = addsBias
    }

    /// Every stream of a component, in order; none where the model lacks it (`resid_mid` of attention alone).
    public static func streams(_ component: Component, of architecture: Architecture) -> [Stream] {
        let (site, name): (Site, String) =
            switch component {
            case .residPre: (.residPre, "pre")
            case .residMid: (.residMid, "mid")
            case .residPost: (.residPost, "post")
            case .attnOut: (.attnOut, "attn_out")
            case .mlpOut: (.mlpOut, "mlp_out")
            }
        let exists = HookTable(architecture, flags: HookFlags()).entries.contains { $0.point.site == site }
        guard exists else { return [] }
        var streams = (0..<architecture.layers).map {
            Stream(label: "\($0)_\(name)", point: HookPoint(site, layer: $0))
        }
        if component == .residPre {
            streams.append(
                Stream(label: "final_post", point: HookPoint(.residPost, layer: architecture.layers - 1)))
        }
        return streams
    }

    /// Reads the streams of one picture.
    /// - Parameters:
    ///   - streams: each [1, position, d_model].
    ///   - finalScale: `ln_final.hook_scale` at the same positions, [1, position, 1]; needed for ``Norm/finalScale``.
    /// - Precondition: the model has a head.
    public func callAsFunction(
        _ streams: [Tensor], finalScale: Tensor?, through model: HookedModel, _ wish: Wish, on crew: Crew = .solo
    ) -> View {
        var pieces: [Tensor] = []
        var top: [[[ClassRanking.Score]]] = []
        var ranks: [[[Int?]]] = []
        for stream in streams {
            let normalized = normalized(stream, finalScale, model, crew)
            let output = model.unembedded(normalized, addingBias: addsBias, on: crew)
            let logits = wish.reading?(output, crew) ?? output  // [1, position, class]
            let positions = logits.shape[1]
            if wish.top > 0 || wish.classes != nil {
                let rows = logits.squeezed()
                let read = crew.collect(positions) { position in
                    let ranking = ClassRanking(rows.row(position).elements)
                    return (ranking.top(wish.top), (wish.classes ?? []).map { ranking.rank(of: $0) })
                }
                top.append(read.map(\.0))
                if wish.classes != nil { ranks.append(read.map(\.1)) }
            }
            let kept = wish.classes.map { logits.gathered(axis: 2, $0) } ?? logits
            pieces.append(kept.unsqueezed())
        }
        return View(logits: Tensor.concatenated(pieces, axis: 1), top: top, ranks: ranks)
    }

    private func normalized(_ stream: Tensor, _ finalScale: Tensor?, _ model: HookedModel, _ crew: Crew) -> Tensor {
        guard norm == .finalScale else { return model.finalNormalized(stream, on: crew) }
        let centered = stream.centered()
        return finalScale.map { centered.dividingRows(by: $0) } ?? centered
    }
}
