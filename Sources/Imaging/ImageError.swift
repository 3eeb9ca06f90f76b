/// Why a picture is refused. Each case describes itself in one sentence fit for the person who sent it.
public enum ImageError: Error, Sendable, Equatable {
    /// More pixels than `limit`.
    case tooLarge(width: Int, height: Int, limit: Int)
    /// A side longer than `limit`.
    case tooLong(width: Int, height: Int, limit: Int)
    /// The bytes end before the picture does.
    case truncated(ImageFormat)
    /// No bytes, or none that any picture begins with.
    case notAnImage
    /// A picture, but of a format that is not read.
    case unsupportedFormat(String)
    /// A form of the format that is not read.
    case unsupportedVariant(ImageFormat)
    /// The bytes contradict the format.
    case corrupt(ImageFormat, reason: String)
    /// What preprocessing would make of it has more pixels than `limit`.
    case resultTooLarge(width: Int, height: Int, limit: Int)
    case outOfMemory
}

extension ImageError: CustomStringConvertible {
    /// The sentence.
    public var description: String {
        switch self {
        case .tooLarge(let width, let height, let limit):
            "the picture has \(width) × \(height) pixels, more than the limit of \(ImageError.megapixels(limit))"
        case .tooLong(let width, let height, let limit):
            "the picture has \(width) × \(height) pixels; no side may be longer than \(limit)"
        case .truncated(let format):
            "the \(format.name) is truncated: its data end before the picture does"
        case .notAnImage:
            "the data are no picture; JPEG and PNG are read"
        case .unsupportedFormat(let name):
            "the picture is a \(name), which is not read; send JPEG or PNG"
        case .unsupportedVariant(let format):
            "the \(format.name) uses a variant of the format that is not read, such as lossless or 12-bit coding"
        case .corrupt(let format, let reason):
            "the \(format.name) is damaged: \(reason)"
        case .resultTooLarge(let width, let height, let limit):
            "preprocessing would make \(width) × \(height) pixels of the picture, more than the limit of "
                + ImageError.megapixels(limit)
        case .outOfMemory:
            "there is not enough memory to decode the picture now"
        }
    }

    private static func megapixels(_ pixels: Int) -> String {
        let millions = Double(pixels) / 1_000_000
        return pixels < 1_000_000
            ? "\(pixels) pixels" : "\(millions == millions.rounded() ? "\(Int(millions))" : "\(millions)") megapixels"
    }
}
