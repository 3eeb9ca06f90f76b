import HTTP
import HTTPTypes
import TextNumbers

/// Reads a body by its media type into a ``RequestPayload``, within a limit that counts decoded bytes.
struct RequestDecoder: Sendable {
    let accepted: [MediaType]
    let limit: Int
    let maximumParts: Int
    let isOptional: Bool
    let workers: any Workers

    /// - Parameter parameter: The parameter `request` of the query.
    /// - Throws: 400, 413, 415; what reading the body throws.
    func decode(_ request: Request, parameter: String?) async throws -> RequestPayload {
        let body = try content(of: request)
        guard let mediaType = try mediaType(of: request.head) else {
            let bytes = try await collect(body)
            guard bytes.isEmpty, isOptional else { throw unsupported("The request has a body without Content-Type") }
            return RequestPayload(document: try document(parameter))
        }
        guard accepted.contains(where: { $0.essence == mediaType.essence }) else {
            throw unsupported("\(quoted(mediaType.essence)) is not taken here")
        }
        switch mediaType.essence {
        case "application/json":
            if parameter != nil {
                throw FieldError(.parameter("request"), "the body is JSON already; leave the parameter out")
            }
            let bytes = try await collect(body)
            if bytes.isEmpty, isOptional { return RequestPayload() }
            return RequestPayload(document: try await parse(bytes))
        case "multipart/form-data":
            return try await multipart(body, mediaType, parameter)
        default:
            let document = try document(parameter)
            return RequestPayload(document: document, content: (mediaType, try await collect(body)))
        }
    }

    /// A small document at once, a large one on a thread where it holds up nobody.
    private func parse(_ bytes: [UInt8]) async throws -> JSONValue {
        if bytes.count <= Self.parsedAtOnce { return try JSONValue.parse(bytes) }
        return try await workers.run { try JSONValue.parse(bytes) }
    }

    /// A millisecond's worth, about.
    private static let parsedAtOnce = 128 << 10

    private func mediaType(of head: HTTPRequest) throws -> MediaType? {
        guard let field = head.headerFields[.contentType] else { return nil }
        guard let type = MediaType(parsing: field) else {
            throw unsupported("Content-Type \(quoted(field)) is not a media type")
        }
        return type
    }

    /// The body with its content coding undone.
    private func content(of request: Request) throws -> RequestBody {
        let coding = request.head.headerFields[.contentEncoding]?.lowercased() ?? "identity"
        switch coding {
        case "identity", "": return request.body
        case "gzip", "x-gzip": return request.body.decodingGzip(limit: limit)
        default:
            throw Problem(
                .unsupportedMediaType, "Content-Encoding \(quoted(coding)) is not taken here: expected gzip or none.",
                headerFields: [.acceptEncoding: "gzip"])
        }
    }

    private func document(_ parameter: String?) throws -> JSONValue {
        guard let parameter else { return .object([]) }
        do {
            return try JSONValue.parse(Array(parameter.utf8))
        } catch {
            throw FieldError(.parameter("request"), "the JSON is broken at byte \(error.position): \(error.reason)")
        }
    }

    private func unsupported(_ complaint: String) -> Problem {
        let types = accepted.map(\.description)
        return Problem(
            .unsupportedMediaType, "\(complaint): expected \(enumeration(types, "or")).",
            headerFields: [.accept: types.joined(separator: ", ")],
            members: [JSONMember("accepted", .strings(types))])
    }

    private var tooLarge: Problem {
        Problem(
            .contentTooLarge, "The body is larger than the limit of \(limit) bytes (limits.body).",
            members: Problem.limit("body", limit))
    }

    private func collect(_ body: RequestBody) async throws -> [UInt8] {
        do {
            return try await body.collect(upTo: limit)
        } catch let error as HTTPError where error.status == .contentTooLarge {
            throw tooLarge
        }
    }
}

// MARK: multipart/form-data

extension RequestDecoder {
    private func multipart(
        _ body: RequestBody, _ mediaType: MediaType, _ parameter: String?
    ) async throws -> RequestPayload {
        var limits = MultipartLimits()
        limits.parts = maximumParts
        var parser = try MultipartParser(contentType: mediaType, limits: limits)
        var gathered = MultipartGatherer()
        var received = 0
        do {
            for try await piece in body {
                received += piece.count
                if received > limit { throw tooLarge }
                parser.append(piece)
                while let event = try parser.next() { gathered.take(event) }
            }
        } catch let error as HTTPError where error.status == .contentTooLarge && received > limit {
            throw tooLarge
        }
        try parser.finish()
        return try await payload(gathered.parts, parameter)
    }

    private func payload(_ parts: [RequestPayload.Part], _ parameter: String?) async throws -> RequestPayload {
        let documents = parts.filter { $0.name == Self.documentName }
        guard documents.count <= 1, documents.isEmpty || parameter == nil else {
            throw Problem(.badRequest, "The document \"request\" was sent more than once.")
        }
        let files = parts.filter { $0.name != Self.documentName }
        guard let sent = documents.first else {
            return RequestPayload(document: try document(parameter), parts: files)
        }
        do {
            return RequestPayload(document: try await parse(sent.bytes), parts: files)
        } catch let error as JSONError {
            throw Problem(
                .badRequest, "The JSON of the part \"request\" is broken at byte \(error.position): \(error.reason).")
        }
    }

    /// The part, and the parameter of the query, that holds the document.
    static let documentName = "request"
}

/// Puts the pieces of parts together.
private struct MultipartGatherer {
    private(set) var parts: [RequestPayload.Part] = []

    mutating func take(_ event: MultipartParser.Event) {
        switch event {
        case .partBegin(let head):
            parts.append(
                RequestPayload.Part(
                    name: head.name, filename: head.filename, mediaType: head.contentType, bytes: []))
        case .data(let bytes): parts[parts.count - 1].bytes += bytes
        case .partEnd: break
        }
    }
}
