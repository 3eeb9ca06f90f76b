internal import HookedModels
internal import Imaging
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// How a request wants the logit lens drawn.
struct LensFigureWish: Sendable {
    enum Figure: String, Sendable, CaseIterable {
        case grid
        case chart
    }

    enum Mode: String, Sendable, CaseIterable {
        case logit
        case emoji
    }

    let figure: Figure
    let mode: Mode
    let opacity: Double

    static func figure() -> Field<Figure> {
        Field(
            "figure", .choice(of: Figure.self), default: "grid",
            "Of the picture: each stream's best classes over the input, or streams × positions.")
    }

    static func mode() -> Field<Mode> {
        Field(
            "mode", .choice(of: Mode.self), default: "logit",
            "Of the picture, grid or chart: colours tell the logit, or the class: a segmentation that emerges.")
    }

    static func opacity() -> Field<Double> {
        Field("opacity", .number(0...1), default: 0.6, "Of the picture: how much the colours cover the input.")
    }
}

extension LensReading {
    /// The emoji grid or the chart, of one input.
    /// - Parameter pixels: what went into the model.
    func picture(
        _ views: [LogitLens.View], _ pixels: Tensor, _ preprocessing: Preprocessing, _ wish: LensFigureWish
    ) -> TensorAnswer.Picture {
        guard let view = views.first, views.count == 1 else {
            return .none("a picture shows one input, and the request has \(views.count)")
        }
        let positions = shownPositions
        let cells = cells(view, positions.count)
        if wish.figure == .chart {
            let rows = positions.indices.flatMap { position in cells.map { $0[position] } }
            let chart = LayerPatchChart(
                title: "Per-patch logit lens", streams: streams.map(\.label),
                positions: positions.map { layout.name(of: $0) }, cells: rows,
                scale: wish.mode == .emoji ? .categories : .sequential, unit: unit)
            return .drawn { try chart.png() }
        }
        guard positions.count >= layout.patches, positions.suffix(layout.patches).elementsEqual(layout.patchPositions)
        else {
            return .none(
                "the grid needs all positions, or the patches; of some there is the chart (\"figure\": \"chart\")")
        }
        let prefix = positions.count - layout.patches
        let panels = zip(streams, cells).map { stream, cells in
            EmojiGrid.Panel(
                title: stream.label,
                outside: (0..<prefix).map { (layout.name(of: positions[$0]), cells[$0]) },
                cells: Array(cells[prefix...]))
        }
        let grid = EmojiGrid(
            picture: preprocessing.picture(of: pixels.row(0)), rows: layout.rows,
            columns: layout.columns, panels: panels, heat: wish.mode == .emoji ? .emoji : .values,
            opacity: wish.opacity, unit: unit)
        return .drawn { try grid.png() }
    }

    /// The positions of the lens, in the order of the request.
    private var shownPositions: [Int] {
        switch self.wish.positions {
        case .all: Array(0..<layout.positions)
        case .patches: Array(layout.patchPositions)
        case .cls: [0]
        case .indices(let indices): indices.map { $0 < 0 ? $0 + layout.positions : $0 }
        }
    }

    /// With one class chosen the colours tell of that one, the emoji always of the best.
    private var unit: String { classes?.count == 1 ? "logit of \(names.label(classes?[0] ?? 0))" : "logit" }

    /// [stream][position]
    private func cells(_ view: LogitLens.View, _ positions: Int) -> [[EmojiCell]] {
        streams.indices.map { stream in
            (0..<positions).map { position in
                let best = view.top.isEmpty ? nil : view.top[stream][position].first
                let value = classes?.count == 1 ? view.logits[0, stream, position, 0] : best?.logit ?? .nan
                return EmojiCell(
                    value: value, emoji: best.flatMap { names.emoji($0.index) },
                    mark: best.map { String($0.index) },
                    label: best.map { names.label($0.index) } ?? "")
            }
        }
    }
}
