import Imaging
import Testing

@Suite struct LayerPatchChartTests {
    private func chart(
        _ values: [[Float]], scale: LayerPatchChart.Scale = .sequential, cellSide: Int? = 20
    ) -> LayerPatchChart {
        LayerPatchChart(
            streams: values[0].indices.map { "\($0)_pre" },
            positions: values.indices.map { $0 == 0 ? "cls" : "\($0 - 1)" },
            cells: values.flatMap { $0.map { EmojiCell(value: $0) } }, scale: scale, cellSide: cellSide)
    }

    /// The colour in the middle of a cell: the grid ends 20 pixels before the legend of 200 and a margin of 16.
    private func colour(_ canvas: Canvas, _ streams: Int, column: Int, row: Int, _ positions: Int) throws -> Colour {
        let left = canvas.width - 16 - 200 - 20 - max(streams * 20, 60)
        let top = try #require(
            (0..<canvas.height).first {
                canvas[left + 1, $0] != FigureStyle.surface
                    && canvas[left + 18, $0] == canvas[left + 1, $0] && canvas[left + 9, $0] == canvas[left + 1, $0]
            })
        return canvas[left + column * 20 + 10, top + row * 20 + 10]
    }

    @Test func columnsAreStreamsAndRowsPositions() throws {
        let canvas = try chart([[0, 1, 2], [3, 4, 8]]).draw()
        for (row, values) in [[Float(0), 1, 2], [3, 4, 8]].enumerated() {
            for (column, value) in values.enumerated() {
                #expect(try colour(canvas, 3, column: column, row: row, 2) == ColourMap.viridis(value / 8))
            }
        }
    }

    @Test func aSignedScaleIsSymmetricAboutZero() throws {
        let canvas = try chart([[0, 1, -4], [2, -2, 4]], scale: .diverging).draw()
        for (row, values) in [[Float(0), 1, -4], [2, -2, 4]].enumerated() {
            for (column, value) in values.enumerated() {
                let expected = ColourMap.diverging((value + 4) / 8)
                #expect(try colour(canvas, 3, column: column, row: row, 2) == expected, "\(value)")
            }
        }
    }

    @Test func equalValuesAndNoneAreDrawn() throws {
        let equal = try chart([[7, 7, 7]]).draw()
        #expect(try colour(equal, 3, column: 1, row: 0, 1) == ColourMap.viridis(0))
        let none = try chart([[5, .nan, .infinity], [.nan, .nan, -.infinity]]).draw()
        let missing = try colour(none, 3, column: 1, row: 1, 2)
        #expect(missing != ColourMap.viridis(0) && missing != ColourMap.viridis(1))
        _ = try chart([[.nan]], scale: .diverging).draw()
        _ = try chart([[-.greatestFiniteMagnitude, .greatestFiniteMagnitude]], scale: .diverging).draw()
    }

    @Test func longNamesAreCut() throws {
        let name = String(repeating: "a very long name ", count: 5_000)
        let figure = LayerPatchChart(
            title: name, streamTitle: name, streams: [name, "b"], positionTitle: name, positions: [name],
            cells: [.init(value: 1, emoji: "🐈", label: name), .init(value: 2)], unit: name)
        let canvas = try figure.draw()
        #expect(canvas.width < 700 && canvas.height < 700)
    }

    @Test(arguments: [(13, 50), (25, 197), (13, 1_025)])
    func largeModelsFit(streams: Int, positions: Int) throws {
        let values = (0..<positions).map { row in (0..<streams).map { Float($0 * row % 17) } }
        _ = try chart(values, cellSide: nil).draw()
    }

    @Test func whatIsTooLargeIsRefused() throws {
        #expect(throws: FigureError.self) {
            try chart([[Float]](repeating: [1], count: 200_000), cellSide: .max).draw()
        }
        let small = try chart([[1]]).draw()
        let area = small.width * small.height
        #expect(try chart([[1]]).draw(limit: area) == small)
        #expect(throws: FigureError.tooLarge(width: small.width, height: small.height, limit: area - 1)) {
            try chart([[1]]).draw(limit: area - 1)
        }
    }
}
