internal import Resources

/// Letters as coverage, from the picture inside the program.
public struct Lettering: Sendable {
    /// The sizes that there are; the raw value is in pixels.
    public enum Size: Int, Sendable, CaseIterable {
        case small = 10
        case medium = 13
        case large = 18
    }

    /// A letter: where it lies in the picture, and where it is put.
    struct Glyph: Sendable {
        let (x, y, width, height): (Int, Int, Int, Int)
        /// From the pen to the left edge, and from the line's top to the upper one.
        let (left, top): (Int, Int)
        let advance: Int
    }

    struct Face: Sendable {
        var (ascent, descent) = (0, 0)
        var glyphs: [UInt32: Glyph] = [:]

        subscript(scalar: Unicode.Scalar) -> Glyph? { glyphs[scalar.value] ?? glyphs[0xFFFD] }
    }

    /// Decoded when it is first asked for.
    public static let shared = Lettering()

    let sheet: Pixels
    private let faces: [Face]

    private init() {
        do {
            sheet = try Pixels(decoding: Resource.letters.bytes)
        } catch {
            preconditionFailure("the letters inside the program: \(error)")
        }
        var faces: [Face] = []
        for line in Resource.lettersIndex.lines {
            let words = line.split(separator: " ")
            let numbers = words.dropFirst().compactMap { Int($0) }
            if words.first == "size", numbers.count == 3 {
                faces.append(Face(ascent: numbers[1], descent: numbers[2]))
            } else if let code = words.first.flatMap({ UInt32($0, radix: 16) }), numbers.count == 7, !faces.isEmpty {
                faces[faces.count - 1].glyphs[code] = Glyph(
                    x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3], left: numbers[4],
                    top: numbers[5], advance: numbers[6])
            }
        }
        precondition(faces.count == Size.allCases.count, "letters in \(faces.count) sizes")
        self.faces = faces
    }

    func face(_ size: Size) -> Face {
        switch size {
        case .small: faces[0]
        case .medium: faces[1]
        case .large: faces[2]
        }
    }

    /// From the top of a line to its bottom.
    public func lineHeight(_ size: Size) -> Int { face(size).ascent + face(size).descent }

    /// How wide a text is. A letter that there is none of is as wide as the sign that stands for it.
    public func width(of text: String, _ size: Size) -> Int {
        let face = face(size)
        return text.unicodeScalars.reduce(0) { $0 + (face[$1]?.advance ?? 0) }
    }

    /// The text, its end replaced by … where it is wider than `width`.
    public func fitted(_ text: String, _ size: Size, width: Int) -> String {
        // No letter is narrower than two pixels: what lies far beyond the width need not be measured.
        let scalars = text.unicodeScalars.prefix(max(width, 0) + 1)
        if scalars.count == text.unicodeScalars.count, self.width(of: text, size) <= width { return text }
        let face = face(size)
        var left = width - self.width(of: "…", size)
        var kept = String.UnicodeScalarView()
        for scalar in scalars {
            left -= face[scalar]?.advance ?? 0
            if left < 0 { break }
            kept.append(scalar)
        }
        while kept.last == " " { kept.removeLast() }
        return String(kept) + "…"
    }
}
