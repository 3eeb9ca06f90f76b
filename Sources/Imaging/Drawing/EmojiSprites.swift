internal import Resources

/// Pictures of the emoji that class names have, from the sheet inside the program.
public struct EmojiSprites: Sendable {
    /// The sheet, decoded when it is first asked for.
    public static let shared = EmojiSprites()

    /// What is drawn for an emoji that is not in the sheet.
    public static let fallback = "▫️"

    private static let cell = 64
    private let indices: [String: Int]
    private let columns: Int
    private let sheet: Pixels
    /// Grey: the three channels are alike.
    private let alpha: Pixels

    private init() {
        let names = Resource.emojiIndex.lines
        do {
            sheet = try Pixels(decoding: Resource.emojiSheet.bytes)
            alpha = try Pixels(decoding: Resource.emojiAlpha.bytes)
        } catch {
            preconditionFailure("the sheet of emoji inside the program: \(error)")
        }
        precondition(alpha.width == sheet.width && alpha.height == sheet.height, "transparency of another size")
        columns = sheet.width / Self.cell
        precondition(names.count <= columns * (sheet.height / Self.cell), "more emoji than cells in the sheet")
        indices = Dictionary(
            names.enumerated().map { (Self.plain(String($1)), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether there is a picture of an emoji. Whether it is written with the sign that asks for colours (U+FE0F), as some
    /// are, is not looked at.
    public func contains(_ emoji: String) -> Bool { indices[Self.plain(emoji)] != nil }

    /// The picture of an emoji, or of ``fallback``.
    public subscript(emoji: String) -> Sprite {
        let index = indices[Self.plain(emoji)] ?? 0
        let (left, top) = (index % columns * Self.cell, index / columns * Self.cell)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.cell * Self.cell * 4)
        for y in top..<(top + Self.cell) {
            for pixel in (y * sheet.width + left)..<(y * sheet.width + left + Self.cell) {
                let opacity = alpha.bytes[pixel * 3]
                for channel in 0..<3 {
                    bytes.append(Colour.blend(0, sheet.bytes[pixel * 3 + channel], opacity))
                }
                bytes.append(opacity)
            }
        }
        return Sprite(side: Self.cell, premultiplied: bytes)
    }

    private static func plain(_ emoji: String) -> String {
        String(String.UnicodeScalarView(emoji.unicodeScalars.filter { $0.value != 0xFE0F }))
    }
}

/// Emoji of one size for one figure: each is made small once.
struct EmojiBrush {
    let side: Int
    private var made: [String: Sprite] = [:]

    init(side: Int) { self.side = side }

    mutating func draw(_ emoji: String, on canvas: inout Canvas, centreX: Int, centreY: Int) {
        let sprite = made[emoji] ?? EmojiSprites.shared[emoji].scaled(to: side)
        made[emoji] = sprite
        canvas.draw(sprite, x: centreX - side / 2, y: centreY - side / 2)
    }
}
