import Imaging
import Tensors
import Testing

@Suite struct AttentionGridTests {
    /// [layer, head, query, key], all zero but what is set.
    private func pattern(_ shape: [Int], _ values: [Int: Float] = [:]) -> Tensor {
        Tensor(shape: shape) { target in
            for index in target.indices { target[index] = values[index] ?? 0 }
        }
    }

    @Test func theBrightestCellIsWhereTheValueIs() throws {
        // Layer 1, head 0, query 2, key 3 of four tokens: of four cells a side, each 48 pixels of 220 / 4.
        let figure = AttentionGrid(pattern: pattern([2, 2, 4, 4], [(1 * 2 + 0) * 16 + 2 * 4 + 3: 0.5]))
        let canvas = try figure.draw()
        let bright = Self.region(of: ColourMap.viridis(1), in: canvas, left: 20, right: canvas.width - 120)
        #expect(bright.columns.count == bright.rows.count && bright.columns.count == 55)
        let dark = Self.region(of: ColourMap.viridis(0), in: canvas, left: 20, right: canvas.width - 120)
        // The map is in the lower left of the two by two: key 3 is the last of its columns, query 2 the third row.
        let side = 4 * 55
        #expect(bright.columns.lowerBound == dark.columns.lowerBound + 3 * 55)
        #expect(bright.rows.lowerBound == dark.rows.lowerBound + side + 6 + 2 * 55)
    }

    /// With a common range only the greatest of all is bright; with ranges of their own every map has a bright cell.
    @Test(arguments: [(AttentionGrid.Normalization.common, 1), (.perMap, 4)])
    func mapsShareARangeOrHaveTheirOwn(_ normalization: AttentionGrid.Normalization, _ count: Int) throws {
        let values: [Int: Float] = [0: 0.1, 16: 0.2, 32: 0.3, 48: 0.4]
        let canvas = try AttentionGrid(pattern: pattern([2, 2, 4, 4], values), normalization: normalization).draw()
        let width = canvas.width - 120
        let bright = (0..<(width * canvas.height)).count { canvas[$0 % width, $0 / width] == ColourMap.viridis(1) }
        #expect(bright == count * 55 * 55)
    }

    @Test func patchesAreOneQuerysRowAsTheyLie() throws {
        // Query 1 of seven tokens, one before the 2 × 3 patches: patch 4 is in the second row, second column.
        let figure = AttentionGrid(
            pattern: pattern([1, 1, 7, 7], [1 * 7 + 1 + 4: 1, 0: 9]),
            content: .patches(query: 1, prefix: 1, rows: 2, columns: 3))
        let canvas = try figure.draw()
        let bright = Self.region(of: ColourMap.viridis(1), in: canvas, left: 20, right: canvas.width - 120)
        let dark = Self.region(of: ColourMap.viridis(0), in: canvas, left: 20, right: canvas.width - 120)
        let cell = bright.columns.count
        #expect(dark.columns.count == 3 * cell && dark.rows.count == 2 * cell)
        #expect(bright.columns.lowerBound == dark.columns.lowerBound + cell)
        #expect(bright.rows.lowerBound == dark.rows.lowerBound + cell)
    }

    /// A single hot cell among more cells than pixels is not lost, wherever it is.
    @Test(arguments: [0, 1, 98, 5_000, 197 * 197 - 1])
    func poolingKeepsTheGreatest(_ index: Int) throws {
        let figure = AttentionGrid(
            layers: [.init(label: "Layer 0", maps: pattern([1, 197, 197], [index: 1]))], mapSide: 72)
        let canvas = try figure.draw()
        let bright = Self.region(of: ColourMap.viridis(1), in: canvas, left: 20, right: canvas.width - 120)
        #expect(bright.columns.count == 1 && bright.rows.count == 1)
    }

    @Test(arguments: [(12, 12, 197), (12, 12, 50), (24, 16, 65), (4, 4, 65), (1, 1, 2)])
    func theGridFitsAPage(layers: Int, heads: Int, tokens: Int) throws {
        let canvas = try AttentionGrid(title: "x", pattern: pattern([layers, heads, tokens, tokens])).draw()
        #expect(canvas.width <= 1_200 && canvas.height <= 1_200, "\(canvas.width) × \(canvas.height)")
    }

    @Test func valuesThatAreNoneAreGrey() throws {
        var values: [Int: Float] = [0: 1, 5: .nan, 6: .infinity, 7: -.infinity]
        let figure = AttentionGrid(pattern: pattern([1, 1, 4, 4], values))
        let canvas = try figure.draw()
        let grey = (0..<(canvas.width * canvas.height))
            .count { canvas[$0 % canvas.width, $0 / canvas.width] == ColourMap.viridis.missing }
        #expect(grey == 3 * 55 * 55)
        for index in 0..<16 { values[index] = .nan }
        _ = try AttentionGrid(pattern: pattern([1, 1, 4, 4], values), normalization: .common).draw()
    }

    @Test func whatIsTooLargeIsRefusedWithItsSize() throws {
        let figure = AttentionGrid(
            layers: [.init(label: "a", maps: pattern([3, 9, 9]))], mapSide: Int.max)
        let error = #expect(throws: FigureError.self) { try figure.draw() }
        let text = try #require(error).description
        #expect(text.contains("more than the limit of 16000000"))
        let small = AttentionGrid(layers: [.init(label: "a", maps: pattern([3, 9, 9]))])
        #expect(throws: FigureError.self) { try small.draw(limit: 1_000) }
    }

    @Test func moreHeadsThanLabelsIsTheProgrammersMistake() async {
        await #expect(processExitsWith: .failure) {
            let maps = Tensor(repeating: 0, shape: [2, 3, 3])
            _ = AttentionGrid(layers: [.init(label: "a", maps: maps)], headLabels: ["one"])
        }
    }

    /// The smallest rectangle around all pixels of one colour between two columns.
    private static func region(of colour: Colour, in canvas: Canvas, left: Int, right: Int) -> PixelRegion {
        var (xs, ys): ([Int], [Int]) = ([], [])
        for y in 0..<canvas.height {
            for x in left..<right where canvas[x, y] == colour {
                xs.append(x)
                ys.append(y)
            }
        }
        return PixelRegion(
            columns: (xs.min() ?? 0)..<((xs.max() ?? -1) + 1), rows: (ys.min() ?? 0)..<((ys.max() ?? -1) + 1))
    }
}
