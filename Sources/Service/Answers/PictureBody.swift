internal import HTTP
internal import HTTPTypes
internal import Scheduling
internal import Web

/// Draws an answer as PNG, on a thread where that holds up nobody.
struct PictureBody: BodyEncoder {
    let pool: BlockingPool

    var mediaType: MediaType { MediaType("image", "png") }

    func encode(_ answer: TensorAnswer, _ context: RequestContext) async throws -> ResponseBody {
        switch answer.picture {
        case .drawn(let draw): return .bytes(try await pool.run { try draw() })
        case .none(let reason):
            throw Problem(
                .notAcceptable, "\(reason.prefix(1).uppercased() + reason.dropFirst()): ask for another media type.")
        }
    }
}
