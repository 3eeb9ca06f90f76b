public import HTTPTypes

/// Writes the head of a response, and the frames of a chunked body.
///
/// The encoder owns framing: whatever a handler put into `Content-Length`, `Transfer-Encoding`, `Connection` or
/// `Date` is left out and said here, once, so that a head cannot contradict the bytes that follow it.
public enum ResponseEncoder {
    /// How a body is delimited on the wire.
    public enum Framing: Sendable, Equatable {
        /// No body follows and no length is said: 1xx, 204, 304, or an answer to HEAD of unknown length.
        case none
        /// No body follows, but it would have had this length (HEAD).
        case omitted(length: Int)
        case length(Int)
        case chunked
        /// The end of the connection ends the body (HTTP/1.0).
        case untilClose

        /// Whether any body bytes may follow the head.
        public var carriesBody: Bool {
            switch self {
            case .none, .omitted: false
            case .length, .chunked, .untilClose: true
            }
        }
    }

    /// The framing that RFC 9112, 6 asks for.
    /// - Parameter length: Bytes of the body, `nil` when not known before it is produced.
    public static func framing(
        status: HTTPResponse.Status, length: Int?, method: HTTPRequest.Method, version: RequestHead.Version
    ) -> Framing {
        if status.kind == .informational || status == .noContent || status == .notModified { return .none }
        if method == .head { return length.map { .omitted(length: $0) } ?? .none }
        if let length { return .length(length) }
        return version == .http11 ? .chunked : .untilClose
    }

    /// Appends the status line, the fields and the empty line.
    /// - Parameters:
    ///   - date: The value of `Date`, as ``HTTPDate`` formats it.
    ///   - closes: Whether the connection ends with this response.
    public static func appendHead(
        _ head: HTTPResponse, framing: Framing, date: String, closes: Bool, to bytes: inout [UInt8]
    ) {
        appendStatusLine(head.status, to: &bytes)
        for field in head.headerFields where !isOurs(field.name) {
            append(field.name.rawName, ": ", to: &bytes)
            appendValue(field, to: &bytes)
        }
        append("Date: ", date, to: &bytes)
        switch framing {
        case .none: append("\r\n", to: &bytes)
        case .omitted(let length), .length(let length):
            append("\r\nContent-Length: ", to: &bytes)
            append(length, to: &bytes)
            append("\r\n", to: &bytes)
        case .chunked: append("\r\nTransfer-Encoding: chunked\r\n", to: &bytes)
        case .untilClose: append("\r\n", to: &bytes)
        }
        append(closes || framing == .untilClose ? "Connection: close\r\n\r\n" : "\r\n", to: &bytes)
    }

    /// The interim answer to `Expect: 100-continue`.
    public static let continueHead = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends one chunk around `content`. Empty content gives nothing, for an empty chunk would end the body.
    public static func appendChunk(_ content: [UInt8], to bytes: inout [UInt8]) {
        guard !content.isEmpty else { return }
        append(String(content.count, radix: 16), "\r\n", to: &bytes)
        bytes += content
        append("\r\n", to: &bytes)
    }

    /// The last chunk, with no trailers.
    public static let lastChunk = Array("0\r\n\r\n".utf8)

    private static func isOurs(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "content-length", "transfer-encoding", "connection", "keep-alive", "date": true
        default: false
        }
    }

    private static func appendStatusLine(_ status: HTTPResponse.Status, to bytes: inout [UInt8]) {
        append("HTTP/1.1 ", to: &bytes)
        let digits = String(status.code)
        append(String(repeating: "0", count: max(0, 3 - digits.count)), digits, to: &bytes)
        bytes.append(.space)
        let reasonStart = bytes.count
        append(status.reasonPhrase, to: &bytes)
        clean(&bytes, from: reasonStart)
        append("\r\n", to: &bytes)
    }

    private static func appendValue(_ field: HTTPField, to bytes: inout [UInt8]) {
        let start = bytes.count
        append(field.value, to: &bytes)
        clean(&bytes, from: start)
        append("\r\n", to: &bytes)
    }

    /// Blanks out every byte that a field value cannot hold. `HTTPField` does not let CR, LF or NUL in; that a
    /// response cannot be split is worth not resting on somebody else's promise.
    private static func clean(_ bytes: inout [UInt8], from start: Int) {
        for index in start..<bytes.count where !bytes[index].isFieldValue { bytes[index] = .space }
    }

    private static func append(_ texts: String..., to bytes: inout [UInt8]) {
        for text in texts { bytes.append(contentsOf: text.utf8) }
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(number).utf8)
    }
}
