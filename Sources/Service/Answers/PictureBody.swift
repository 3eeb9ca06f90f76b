internal import HTTP
internal import HTTPTypes
internal import Scheduling
internal import Web

/// Draws an answer as PNG, on a thread where that holds up nobody.
struct PictureBody: BodyEncoder {
    let pool: BlockingPool

    static let mediaType = MediaType("image", "png")
    var mediaType: MediaType { Self.mediaType }

    /// Whether the answer goes out as a picture.
    static func isWanted(_ context: RequestContext) -> Bool { context.mediaType?.essence == mediaType.essence }

    func encode(_ answer: TensorAnswer, _ context: RequestContext) async throws -> ResponseBody {
        switch answer.picture {
        case .drawn(let draw): return .bytes(try await pool.run { try draw() })
        case .none(let reason):
            throw Problem(.notAcceptable, "\(reason.capitalizedAtStart): ask for another media type.")
        }
    }
}
