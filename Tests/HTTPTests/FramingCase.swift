import HTTP
import HTTPTypes
import Testing

/// One row of the framing table: bytes, and what must become of them and of their connection.
struct FramingCase: Sendable, CustomTestStringConvertible {
    /// How strongly the RFCs ask for the outcome: MAY is our choice where they leave one.
    enum Strength: String, Sendable { case must = "MUST", should = "SHOULD", may = "MAY" }

    enum Outcome: Sendable, Equatable {
        /// A complete request, answered by the handler; the connection goes on.
        case kept(body: String)
        /// A complete request, answered by the handler; the connection ends.
        case closed(body: String)
        /// Answered with this status by the server itself; the connection ends.
        case refused(Int)
        /// Neither complete nor wrong: the server waits for more.
        case waits
    }

    let name: String
    let strength: Strength
    let bytes: [UInt8]
    let outcome: Outcome

    init(_ strength: Strength, _ name: String, _ text: String, _ outcome: Outcome) {
        self.init(strength, name, Array(text.utf8), outcome)
    }

    init(_ strength: Strength, _ name: String, _ bytes: [UInt8], _ outcome: Outcome) {
        self.name = name
        self.strength = strength
        self.bytes = bytes
        self.outcome = outcome
    }

    var testDescription: String { "\(strength.rawValue) \(name)" }

    static let all = requestLines + hosts + fields + lengths + codings + chunks + persistence
}

/// The outcome of the first request in `bytes`, when they arrive in pieces of `size`.
func outcome(
    of bytes: [UInt8], inPiecesOf size: Int = .max, limits: HTTPLimits = HTTPLimits()
) -> FramingCase.Outcome {
    var parser = RequestParser(limits: limits)
    var head: RequestHead?
    var body: [UInt8] = []
    var offset = 0
    do {
        while offset < bytes.count {
            let end = offset + min(size, bytes.count - offset)
            parser.append(bytes[offset..<end])
            offset = end
            while let event = try parser.next() {
                switch event {
                case .head(let value): head = value
                case .body(let piece): body += piece
                case .end:
                    let text = String(decoding: body, as: UTF8.self)
                    return head?.keepsAlive == true ? .kept(body: text) : .closed(body: text)
                }
            }
        }
        return .waits
    } catch {
        return .refused(error.status.code)
    }
}
