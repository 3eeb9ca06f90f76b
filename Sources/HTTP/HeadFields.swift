import HTTPTypes

/// Gathers what the fields of a head say about framing and persistence, and believes exactly one framing.
///
/// Request smuggling lives on two parties that read the same head differently. Every form that some
/// implementation reads in its own way is therefore refused: both framings at once, repeated or listed lengths,
/// codings that are not plainly `chunked` (RFC 9112, 6.1 and 6.3; RFC 9110, 8.6).
struct HeadFields: Sendable {
    private(set) var fields = HTTPFields()
    private(set) var host: String?
    private(set) var expectsContinue = false
    private(set) var asksToClose = false

    private let limits: HTTPLimits
    private var contentLength: Int?
    private var codings: [String]?

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Takes in one line, of which the scanner has already seen that each byte may be there.
    mutating func add(name: String, value: ArraySlice<UInt8>) throws(HTTPError) {
        guard let name = HTTPField.Name(name) else {
            throw HTTPError(.badRequest, "A field name is not a token.")
        }
        let field = HTTPField(name: name, lenientValue: value)
        switch name.canonicalName {
        case "host":
            try takeHost(field.value)
            return
        case "content-length": try takeContentLength(value)
        case "transfer-encoding": try takeCodings(field.value)
        case "connection": takeConnection(field.value)
        case "expect": try takeExpectation(field.value)
        default: break
        }
        fields.append(field)
    }

    /// The framing that all lines together declare.
    func framing(for version: RequestHead.Version) throws(HTTPError) -> RequestHead.Framing {
        guard let codings else {
            return contentLength.map { $0 == 0 ? .none : .length($0) } ?? .none
        }
        guard contentLength == nil else {
            throw HTTPError(.badRequest, "Transfer-Encoding and Content-Length exclude each other.")
        }
        guard version == .http11 else {
            throw HTTPError(.badRequest, "HTTP/1.0 knows no Transfer-Encoding.")
        }
        let chunked = codings.count { $0 == "chunked" }
        if chunked == codings.count {
            guard chunked == 1 else { throw HTTPError(.badRequest, "Transfer-Encoding names chunked more than once.") }
            return .chunked
        }
        guard chunked == 0 || (chunked == 1 && codings.last == "chunked") else {
            throw HTTPError(.badRequest, "Transfer-Encoding must name chunked once and last.")
        }
        throw HTTPError(.notImplemented, "Of the transfer codings, only chunked is understood.")
    }

    private mutating func takeHost(_ value: String) throws(HTTPError) {
        guard host == nil else { throw HTTPError(.badRequest, "There is more than one Host field.") }
        guard HostGrammar.isValid(value) else {
            throw HTTPError(.badRequest, "The Host field is malformed; expected name or address, with or without port.")
        }
        host = value
    }

    private mutating func takeContentLength(_ value: ArraySlice<UInt8>) throws(HTTPError) {
        guard contentLength == nil else {
            throw HTTPError(.badRequest, "There is more than one Content-Length field.")
        }
        guard !value.isEmpty, value.allSatisfy(\.isDigit) else {
            throw HTTPError(.badRequest, "Content-Length must be one decimal number.")
        }
        var length = 0
        for digit in value {
            length = length * 10 + Int(digit - 0x30)
            guard length <= limits.body else { throw .bodyTooLarge(limit: limits.body) }
        }
        contentLength = length
    }

    private mutating func takeCodings(_ value: String) throws(HTTPError) {
        for element in value.split(separator: ",", omittingEmptySubsequences: false) {
            let coding = element.trimmingBlanks
            guard coding.isToken else {
                throw HTTPError(.badRequest, "Transfer-Encoding is malformed; expected chunked.")
            }
            codings = (codings ?? []) + [coding.lowercased()]
        }
    }

    private mutating func takeConnection(_ value: String) {
        for option in value.split(separator: ",") where option.trimmingBlanks.lowercased() == "close" {
            asksToClose = true
        }
    }

    private mutating func takeExpectation(_ value: String) throws(HTTPError) {
        guard value.lowercased() == "100-continue" else {
            throw HTTPError(.expectationFailed, "The only expectation that can be met is 100-continue.")
        }
        expectsContinue = true
    }
}

extension HTTPError {
    static func bodyTooLarge(limit: Int) -> HTTPError {
        HTTPError(.contentTooLarge, "The body is larger than the limit of \(limit) bytes.")
    }
}
