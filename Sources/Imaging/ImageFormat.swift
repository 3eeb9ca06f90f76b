/// The formats that are decoded.
public enum ImageFormat: String, Sendable, CaseIterable {
    case jpeg, png

    /// As one speaks of it.
    public var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        }
    }

    /// `image/jpeg`, `image/png`.
    public var mediaType: String { "image/\(rawValue)" }

    /// Recognises the format by the first bytes; a file's name or declared type are not asked.
    public init(recognising bytes: Span<UInt8>) throws(ImageError) {
        if bytes.hasBytes([0xFF, 0xD8, 0xFF], at: 0) {
            self = .jpeg
        } else if bytes.hasBytes([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
            self = .png
        } else if let name = ImageFormat.foreignFormat(of: bytes) {
            throw .unsupportedFormat(name)
        } else {
            throw .notAnImage
        }
    }

    /// Formats that are named when they are refused.
    private static func foreignFormat(of bytes: Span<UInt8>) -> String? {
        if bytes.hasText("RIFF", at: 0) && bytes.hasText("WEBP", at: 8) { return "WebP" }
        if bytes.hasText("ftyp", at: 4) {
            return switch true {
            case bytes.hasText("avif", at: 8), bytes.hasText("avis", at: 8): "AVIF"
            case bytes.hasText("hei", at: 8), bytes.hasText("hev", at: 8), bytes.hasText("mif1", at: 8): "HEIC"
            default: "video (MP4)"
            }
        }
        let signatures: [(name: String, bytes: [UInt8])] = [
            ("GIF", Array("GIF87a".utf8)), ("GIF", Array("GIF89a".utf8)),
            ("TIFF", [0x49, 0x49, 0x2A, 0x00]), ("TIFF", [0x4D, 0x4D, 0x00, 0x2A]),
            ("JPEG 2000", [0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20]), ("JPEG 2000", [0xFF, 0x4F, 0xFF, 0x51]),
            ("JPEG XL", [0xFF, 0x0A]), ("JPEG XL", [0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20]),
            ("Photoshop document", Array("8BPS".utf8)), ("PDF", Array("%PDF-".utf8)),
            ("icon", [0x00, 0x00, 0x01, 0x00]), ("BMP", Array("BM".utf8)),
        ]
        return signatures.first { bytes.hasBytes($0.bytes, at: 0) }?.name
    }
}
