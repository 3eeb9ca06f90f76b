internal import Imaging
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// How a request wants its attention maps drawn.
struct AttentionFigureWish: Sendable {
    enum Query: Sendable {
        case classToken
        case position(Int)
    }

    /// Whose row is drawn over the patches; `nil` draws each map whole.
    let query: Query?
    let normalization: AttentionGrid.Normalization

    static func query() -> Field<Query?> {
        Field(
            optional: "query",
            .either(Form<String>.choice(["cls"]).map { _ in .classToken }, Form<Int>.integer.map { .position($0) }),
            "Of the picture: where this query looks, over the patches, instead of each map as a whole.")
    }

    static func scale() -> Field<AttentionGrid.Normalization> {
        Field(
            "scale", Form<String>.choice(["map", "common"]).map { $0 == "common" ? .common : .perMap }, default: "map",
            "Of the picture: whether each map has colours of its own, or all have the same.")
    }
}

extension AttentionReading {
    /// The grid of maps, of one input.
    func picture(
        _ answer: TensorAnswer, _ content: AttentionGrid.Content, _ normalization: AttentionGrid.Normalization
    ) -> TensorAnswer.Picture {
        let drawn =
            answer.tensors.first { $0.name == self.wish.source.rawValue }
            ?? answer.tensors.first { $0.name == "rollout" }
        guard let (name, values) = drawn else { return .none("a summary is no picture") }
        guard values.shape[0] == 1 else {
            return .none("a picture shows one input, and the request has \(values.shape[0])")
        }
        let maps = values.pieces[0].squeezed()
        let figure: AttentionGrid
        if name == "rollout" {
            let row = AttentionGrid.Layer(label: "all layers", maps: maps.unsqueezed())
            figure = AttentionGrid(
                title: "Attention roll-out", layers: [row], headLabels: [self.wish.rollout?.rawValue ?? ""],
                content: content, normalization: normalization, mapSide: 512)
        } else {
            let rows = layers.enumerated().map { index, layer in
                AttentionGrid.Layer(
                    label: "Layer \(layer)", maps: maps.row(index))
            }
            figure = AttentionGrid(
                title: name == "scores" ? "Attention scores" : "Attention patterns", layers: rows,
                headLabels: heads.map { "Head \($0)" }, content: content, normalization: normalization)
        }
        return .drawn { try figure.png() }
    }

    /// What of each map is drawn.
    /// - Throws: 400 for a query that the model does not have.
    func content(_ wish: AttentionFigureWish) throws(FieldError) -> AttentionGrid.Content {
        let place = FieldError.Place.pointer(JSONPointer()["query"])
        let query: Int
        switch wish.query {
        case nil: return .matrix
        case .classToken:
            guard layout.hasClassToken else { throw FieldError(place, "the model has no class token") }
            query = 0
        case .position(let position):
            let count = layout.positions
            guard position >= -count, position < count else {
                throw FieldError(place, "there is no position \(position): expected 0 … \(count - 1)")
            }
            query = position < 0 ? position + count : position
        }
        return .patches(query: query, prefix: layout.prefix, rows: layout.rows, columns: layout.columns)
    }
}

extension Figure {
    /// Drawn and written down.
    func png() throws -> [UInt8] { try draw().png() }
}
