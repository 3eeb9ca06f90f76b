public import HTTP
public import HTTPTypes
public import Logging
import Synchronization

/// What surrounds one request: its id, its log, its times, and what the answer will say beyond its body.
public final class RequestContext: Sendable {
    /// The client's own id, or ours; in the answer, the log and any problem.
    public let id: String
    /// The request's method, target and fields.
    public let head: HTTPRequest
    /// The peer's address, for the log.
    public let peer: String?
    /// Carries the id and the trace.
    public let log: Logger
    /// What the request has spent its time on.
    public let timings = Timings()
    /// How long the client is willing to wait (`Prisma-Deadline-Ms`), from the request's arrival.
    public let deadline: Duration?
    /// Threads for what takes long.
    public let workers: any Workers
    private struct Answer {
        var status: HTTPResponse.Status?
        var fields: HTTPFields = [:]
        var mediaType: MediaType?
    }
    private let answer = Mutex(Answer())

    /// A context made by hand, for tests.
    public init(
        id: String, head: HTTPRequest, peer: String? = nil, log: Logger, deadline: Duration? = nil,
        workers: any Workers = InPlace()
    ) {
        self.id = id
        self.head = head
        self.peer = peer
        self.log = log
        self.deadline = deadline
        self.workers = workers
    }

    /// Adds a field to the answer of a request that succeeds, for example `Location`.
    public func setResponseField(_ name: HTTPField.Name, _ value: String) {
        answer.withLock { $0.fields[name] = value }
    }

    /// Answers with another status than the endpoint's own, for example 202 where work goes on as a job.
    public func setResponseStatus(_ status: HTTPResponse.Status) {
        answer.withLock { $0.status = status }
    }

    /// The media type that the answer will have.
    public internal(set) var mediaType: MediaType? {
        get { answer.withLock { $0.mediaType } }
        set { answer.withLock { $0.mediaType = newValue } }
    }

    var responseFields: HTTPFields { answer.withLock { $0.fields } }
    var responseStatus: HTTPResponse.Status? { answer.withLock { $0.status } }
}

extension RequestContext {
    /// - Throws: A 400 when the field is not a number of milliseconds.
    static func deadline(of head: HTTPRequest) throws(Problem) -> Duration? {
        guard let text = head.headerFields[deadlineField] else { return nil }
        guard let milliseconds = Int(text), (1...maximumDeadline).contains(milliseconds) else {
            throw Problem(
                .badRequest,
                "Prisma-Deadline-Ms is \(quoted(text)); expected milliseconds, from 1 to \(maximumDeadline).")
        }
        return .milliseconds(milliseconds)
    }

    private static let maximumDeadline = 3_600_000
}

let deadlineField = fieldName("Prisma-Deadline-Ms")

/// The name of a field that the vocabulary does not have.
func fieldName(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
    return name
}
