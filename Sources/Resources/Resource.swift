internal import CResources

/// A file that is part of the program.
public enum Resource: Sendable, CaseIterable {
    /// Emoji in cells of 64 × 64 pixels, row by row: PNG.
    case emojiSheet
    /// How much each pixel of ``emojiSheet`` hides: PNG, grey.
    case emojiAlpha
    /// What stands in the cells of ``emojiSheet``: a line each, in their order.
    case emojiIndex
    /// Which words stand for which emoji; the file's head says how to read it.
    case emojiRules
    /// Letters of a few sizes: PNG, grey, 255 where the ink is.
    case letters
    /// Where each letter lies in ``letters``; the file's head says how to read it.
    case lettersIndex
    /// ImageNet's thousand classes: synset, tab, names parted by commas; a line each.
    case imageNetClasses

    /// The file's bytes.
    public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: stored.start, count: stored.count)) }

    /// The file as text; what is no UTF-8 becomes U+FFFD.
    public var text: String {
        String(decoding: UnsafeBufferPointer(start: stored.start, count: stored.count), as: UTF8.self)
    }

    private var stored: CResource {
        switch self {
        case .emojiSheet: resource_emoji_sheet()
        case .emojiAlpha: resource_emoji_alpha()
        case .emojiIndex: resource_emoji_index()
        case .emojiRules: resource_emoji_rules()
        case .letters: resource_letters()
        case .lettersIndex: resource_letters_index()
        case .imageNetClasses: resource_imagenet_classes()
        }
    }
}

extension Resource {
    /// The lines of a text that say something: empty ones and those that begin with `#` are left out.
    public var lines: [Substring] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    }
}
