import CImageCodecs

/// What a picture says of itself before it is decoded.
public struct ImageHeader: Sendable, Equatable {
    /// By the first bytes.
    public let format: ImageFormat
    /// As stored, before any turn that EXIF asks for.
    public let width: Int
    /// As stored, too.
    public let height: Int
    let layout: Layout

    /// How pixels are stored, as far as it matters here.
    enum Layout: Equatable {
        case colours, withAlpha
        case indexed(palette: [UInt8])
    }

    /// Reads format and size; nothing is decoded or allocated for the pixels.
    public init(of bytes: Span<UInt8>) throws(ImageError) {
        format = try ImageFormat(recognising: bytes)
        switch format {
        case .jpeg:
            (width, height) = try ImageHeader.jpegSize(of: bytes)
            layout = .colours
        case .png:
            (width, height) = try ImageHeader.pngSize(of: bytes)
            layout = ImageHeader.pngLayout(of: bytes, depth: bytes[24], colourType: bytes[25])
        }
        if width == 0 || height == 0 {
            throw .corrupt(format, reason: "its header declares \(width) × \(height) pixels")
        }
    }

    private static func jpegSize(of bytes: Span<UInt8>) throws(ImageError) -> (Int, Int) {
        var (width, height) = (UInt32(0), UInt32(0))
        let status = bytes.withUnsafeBufferPointer { codec_jpeg_size($0.baseAddress, $0.count, &width, &height) }
        try ImageError.check(status, .jpeg)
        return (Int(width), Int(height))
    }

    /// The header chunk comes first and has a fixed form:
    ///
    ///     8 signature | 4 length = 13 | "IHDR" | 4 width | 4 height | depth, colour type, … | 4 checksum
    private static func pngSize(of bytes: Span<UInt8>) throws(ImageError) -> (Int, Int) {
        guard let length = bytes.integer32(at: 8), let width = bytes.integer32(at: 16),
            let height = bytes.integer32(at: 20), bytes.count >= 33
        else { throw .truncated(.png) }
        guard length == 13, bytes.hasText("IHDR", at: 12) else {
            throw .corrupt(.png, reason: "it does not begin with a header chunk")
        }
        return (width, height)
    }

    private static func pngLayout(of bytes: Span<UInt8>, depth: UInt8, colourType: UInt8) -> Layout {
        switch (depth, colourType) {
        case (1, 0):
            return .indexed(palette: [0, 0, 0, 255, 255, 255])
        case (_, 3):
            let palette = bytes.pngChunk(named: "PLTE").map { $0.prefix(3 * 256).map { bytes[$0] } }
            return .indexed(palette: palette ?? [])
        case (_, 4), (_, 6):
            return .withAlpha
        default:
            return .colours
        }
    }
}

extension ImageError {
    static func check(_ status: CodecStatus, _ format: ImageFormat) throws(ImageError) {
        switch status {
        case .done: return
        case .truncated: throw .truncated(format)
        case .corrupt: throw .corrupt(format, reason: "its data contradict the format or their checksums")
        case .unsupported: throw .unsupportedVariant(format)
        case .tooManyScans: throw .corrupt(format, reason: "it has more than 50 progressive scans")
        case .outOfMemory: throw .outOfMemory
        }
    }
}
