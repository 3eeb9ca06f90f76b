import CImageCodecs

/// Writing PNG.
public enum PNG {
    /// What one pixel holds, one byte each.
    public enum Channels: Int, Sendable, CaseIterable {
        case grey = 1
        case rgb = 3
        case rgba = 4
    }

    /// Encodes interleaved bytes, rows from the top.
    /// - Parameter compression: zlib's level, 0 (none) … 9.
    /// - Precondition: `bytes` fills the extents, which are positive and below 2³¹.
    public static func encode(
        _ bytes: [UInt8], width: Int, height: Int, _ channels: Channels, compression: Int = 6
    ) throws(ImageError) -> [UInt8] {
        precondition(width > 0 && height > 0 && max(width, height) <= Int(Int32.max), "\(width) × \(height)")
        precondition(
            bytes.count == width * height * channels.rawValue, "\(bytes.count) bytes do not fill \(width) × \(height)")
        precondition((0...9).contains(compression), "compression level \(compression)")
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        let status = codec_png_encode(
            bytes, UInt32(width), UInt32(height), Int32(channels.rawValue), Int32(compression), &encoded, &count)
        try ImageError.check(status, .png)
        defer { codec_free(encoded) }
        return Array(UnsafeBufferPointer(start: encoded, count: count))
    }

    /// Encodes a picture.
    public static func encode(_ pixels: Pixels, compression: Int = 6) throws(ImageError) -> [UInt8] {
        try encode(pixels.bytes, width: pixels.width, height: pixels.height, .rgb, compression: compression)
    }
}
