internal import HTTPTypes
public import Imaging
internal import TextNumbers
public import Web

extension ImageError: ProblemConvertible {
    /// 413 for a limit, 415 for a format that is not read, 422 for a file that cannot be decoded.
    public var problem: Problem {
        switch self {
        case .tooLarge(_, _, let limit), .resultTooLarge(_, _, let limit): tooLarge("image_pixels", limit)
        case .tooLong(_, _, let limit): tooLarge("image_side", limit)
        case .unsupportedFormat:
            Problem(
                .unsupportedMediaType, sentence,
                members: [JSONMember("accepted", .list(["image/jpeg", "image/png"]))])
        case .truncated, .notAnImage, .unsupportedVariant, .corrupt: Problem(.unprocessableContent, sentence)
        case .outOfMemory: Problem(.serviceUnavailable, sentence, headerFields: [.retryAfter: "5"])
        }
    }

    private func tooLarge(_ limit: String, _ maximum: Int) -> Problem {
        Problem(
            .contentTooLarge, "\(sentence) (limits.\(limit))",
            members: [JSONMember("limit", .string(limit)), JSONMember("maximum", .integer(Int64(maximum)))])
    }

    private var sentence: String { description.capitalizedAtStart + "." }
}
