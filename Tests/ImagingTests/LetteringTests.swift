import Imaging
import Testing

@Suite struct LetteringTests {
    private let letters = Lettering.shared

    @Test(arguments: Lettering.Size.allCases)
    func widthsAddUp(_ size: Lettering.Size) {
        #expect(letters.width(of: "", size) == 0)
        #expect(
            letters.width(of: "Layer 12", size) == letters.width(of: "Layer", size) + letters.width(of: " 12", size))
        #expect(letters.width(of: "iii", size) < letters.width(of: "mmm", size))
        #expect(letters.lineHeight(size) > size.rawValue)
        let digits = Set("0123456789".map { letters.width(of: String($0), size) })
        #expect(digits.count == 1, "figures stand below one another")
        for sign in "×·−–—…→°é" { #expect(letters.width(of: String(sign), size) > 0, "\(sign)") }
    }

    @Test(arguments: Lettering.Size.allCases)
    func whatIsWrittenStaysInItsBox(_ size: Lettering.Size) {
        let text = "Ågjpq|{}My −0.25…"
        let (width, height) = (letters.width(of: text, size), letters.lineHeight(size))
        for alignment in [Canvas.Alignment.left, .centre, .right] {
            let start = alignment == .left ? 20 : alignment == .centre ? 20 + width / 2 : 20 + width
            var canvas = Canvas(width: width + 40, height: height + 20, colour: Colour(0xffffff))
            canvas.write(text, x: start, y: 10, size, Colour(0), alignment: alignment)
            let inked = Self.inked(canvas)
            #expect(inked.columns.lowerBound >= 19 && inked.columns.upperBound <= 21 + width, "\(alignment)")
            #expect(inked.rows.lowerBound >= 10 && inked.rows.upperBound <= 10 + height)
            #expect(inked.columns.count > width * 8 / 10)
        }
    }

    @Test func upwardsIsTheSameTurned() {
        let text = "11_pre"
        let (width, height) = (letters.width(of: text, .medium), letters.lineHeight(.medium))
        var flat = Canvas(width: width, height: height, colour: Colour(0xffffff))
        flat.write(text, x: 0, y: 0, .medium, Colour(0))
        var upright = Canvas(width: height, height: width, colour: Colour(0xffffff))
        upright.writeUpwards(text, x: 0, y: width, .medium, Colour(0))
        for y in 0..<height {
            for x in 0..<width { #expect(flat[x, y] == upright[y, width - 1 - x], "(\(x), \(y))") }
        }
    }

    @Test(arguments: [0, 3, 12, 40, 99, 250])
    func aLongTextEndsInDots(_ width: Int) {
        let text = "African hunting dog, hyena dog"
        let fitted = letters.fitted(text, .small, width: width)
        if letters.width(of: text, .small) <= width {
            #expect(fitted == text)
        } else {
            #expect(fitted.hasSuffix("…") && text.hasPrefix(fitted.dropLast()))
            #expect(fitted == "…" || letters.width(of: fitted, .small) <= width)
        }
    }

    @Test func anEndlessTextIsNotMeasured() {
        let text = String(repeating: "endless ", count: 200_000)
        #expect(letters.fitted(text, .medium, width: 100).count < 20)
    }

    @Test func aLetterThatThereIsNoneOfIsShownAsMissing() {
        #expect(letters.width(of: "漢", .medium) == letters.width(of: "\u{FFFD}", .medium))
        #expect(letters.width(of: "漢", .medium) > 0)
    }

    private static func inked(_ canvas: Canvas) -> PixelRegion {
        let places = (0..<(canvas.width * canvas.height)).map { ($0 % canvas.width, $0 / canvas.width) }
            .filter { canvas[$0.0, $0.1] != Colour(0xffffff) }
        let (xs, ys) = (places.map(\.0), places.map(\.1))
        return PixelRegion(
            columns: (xs.min() ?? 0)..<((xs.max() ?? -1) + 1), rows: (ys.min() ?? 0)..<((ys.max() ?? -1) + 1))
    }
}
