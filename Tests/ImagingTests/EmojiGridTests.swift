import Imaging
import Testing

@Suite struct EmojiGridTests {
    private let picture = Pixels(width: 4, height: 4, red: 100, green: 120, blue: 140)

    /// Where the one panel of a grid without title cells begins.
    private static let origin = (x: 16, y: 36)

    private func cells(_ values: [Float], emoji: [String?] = []) -> [EmojiCell] {
        values.enumerated().map { index, value in
            let emoji = emoji.indices.contains(index) ? emoji[index] : nil
            return EmojiCell(value: value, emoji: emoji, label: "label \(emoji ?? "")")
        }
    }

    @Test(arguments: [0, 0.25, 0.6, 1])
    func heatLiesOverThePicture(_ opacity: Double) throws {
        let figure = EmojiGrid(
            picture: picture, rows: 2, columns: 2, panels: [.init(cells: cells([0, 1, 2, 4]))], opacity: opacity)
        let canvas = try figure.draw()
        let coverage = UInt8((opacity * 255).rounded())
        let below = Colour(red: 100, green: 120, blue: 140)
        for (index, share) in [Float(0), 0.25, 0.5, 1].enumerated() {
            let (x, y) = (Self.origin.x + index % 2 * 224 + 100, Self.origin.y + index / 2 * 224 + 100)
            #expect(canvas[x, y] == ColourMap.viridis(share).over(below, coverage: coverage), "cell \(index)")
        }
    }

    @Test func anEmojiStandsInTheMiddleOfItsCell() throws {
        let heart = EmojiGrid(
            picture: picture, rows: 1, columns: 2, panels: [.init(cells: cells([0, 1], emoji: [nil, "❤️"]))])
        let canvas = try heart.draw()
        let middle = canvas[Self.origin.x + 224 + 112, Self.origin.y + 112]
        #expect(middle.red > 200 && middle.green < 80 && middle.blue < 80)
        #expect(canvas[Self.origin.x + 112, Self.origin.y + 112].red < 200)
    }

    /// The most frequent emoji has the first colour, and all of one emoji the same.
    @Test func aSegmentationHasAColourForEachEmoji() throws {
        let emoji = ["🐈", "🦜", "🦜", "🐕"]
        let figure = EmojiGrid(
            picture: picture, rows: 2, columns: 2, panels: [.init(cells: cells([9, 1, 2, 4], emoji: emoji))],
            heat: .emoji, opacity: 1)
        let canvas = try figure.draw()
        let corners = (0..<4).map { canvas[Self.origin.x + $0 % 2 * 224 + 4, Self.origin.y + $0 / 2 * 224 + 4] }
        #expect(corners == [1, 0, 0, 2].map(CategoryColours.colour))
    }

    @Test func theClassTokenHasACellOutside() throws {
        let without = EmojiGrid(picture: picture, rows: 2, columns: 2, panels: [.init(cells: cells([0, 0, 0, 0]))])
        var with = without
        with.panels[0].outside = [("CLS", EmojiCell(value: 8, emoji: nil, label: "tabby"))]
        let (plain, taller) = (try without.draw(), try with.draw())
        #expect(taller.height == plain.height + 224 + 8)
        #expect(taller[Self.origin.x + 100, Self.origin.y + 100] == ColourMap.viridis(1))
        #expect(taller[Self.origin.x + 100, Self.origin.y + 232 + 100] != ColourMap.viridis(1))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude])
    func strangeValuesAreDrawn(_ value: Float) throws {
        for heat in [EmojiGrid.Heat.values, .emoji] {
            let figure = EmojiGrid(
                picture: picture, rows: 1, columns: 3,
                panels: [.init(cells: cells([value, 1, .greatestFiniteMagnitude]))],
                heat: heat, opacity: 1)
            let canvas = try figure.draw()
            if heat == .values && !value.isFinite {
                let colours = Set((0..<40).map { canvas[Self.origin.x + 20 + $0, Self.origin.y + 30] })
                #expect(colours.count == 2 && colours.contains(FigureStyle.missing), "hatched")
            }
        }
    }

    @Test func manyPanelsStandSideBySideAndThenBelow() throws {
        let panel = EmojiGrid.Panel(title: "a title that is much wider than its panel is", cells: cells([1, 2, 3, 4]))
        let sizes = try [1, 2, 6, 13].map { count in
            try EmojiGrid(picture: picture, rows: 2, columns: 2, panels: Array(repeating: panel, count: count)).draw()
        }
        #expect(sizes[1].width > sizes[0].width && sizes[3].width <= 1_700)
        #expect(sizes[3].height > 2 * 224)
    }

    @Test func moreEmojiThanTheLegendHasRoomForAreCounted() throws {
        let emoji = ["🐈", "🦜", "🐕", "🐩", "🐸", "🐍", "🦀", "🐌", "🦋", "🐝", "🐜", "🐘", "🦒", "🐎", "🐄", "🐑"]
        let figure = EmojiGrid(
            picture: picture, rows: 4, columns: 4, panels: [.init(cells: cells(emoji.map { _ in 1 }, emoji: emoji))],
            side: 64)
        _ = try figure.draw()
    }

    @Test func whatIsTooLargeIsRefused() throws {
        var figure = EmojiGrid(picture: picture, rows: 1, columns: 1, panels: [.init(cells: cells([1]))])
        figure.side = .max
        _ = try figure.draw()
        #expect(throws: FigureError.self) { try figure.draw(limit: 10_000) }
        let many = EmojiGrid(
            picture: picture, rows: 1, columns: 100_000,
            panels: [.init(cells: cells(Array(repeating: 1, count: 100_000)))])
        #expect(throws: FigureError.self) { try many.draw() }
    }

    @Test func cellsThatDoNotFillTheGridAreTheProgrammersMistake() async {
        await #expect(processExitsWith: .failure) {
            let picture = Pixels(width: 1, height: 1, red: 0, green: 0, blue: 0)
            _ = EmojiGrid(picture: picture, rows: 2, columns: 2, panels: [.init(cells: [EmojiCell(value: 1)])])
        }
    }
}
