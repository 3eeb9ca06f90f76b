import HTTPTypes

extension RequestHead {
    /// Puts a scanned line and its fields together, refusing what only the whole can show to be wrong.
    init(method name: String, target: String, _ version: Version, _ fields: HeadFields) throws(HTTPError) {
        guard let method = HTTPRequest.Method(name) else {
            throw HTTPError(.badRequest, "The method is not a token.")
        }
        guard method != .connect else {
            throw HTTPError(.methodNotAllowed, "This server is no proxy: CONNECT is not allowed.")
        }
        let framing = try fields.framing(for: version)
        guard fields.host != nil || version == .http10 else {
            throw HTTPError(.badRequest, "The Host field is missing.")
        }
        let (authority, path) = try Self.split(target, method: method)
        self.init(
            request: HTTPRequest(
                method: method, scheme: "http", authority: authority ?? fields.host, path: path,
                headerFields: fields.fields),
            version: version,
            framing: framing,
            // RFC 9110, 10.1.1: an HTTP/1.0 client cannot have meant it.
            expectsContinue: fields.expectsContinue && version == .http11 && framing != .none,
            keepsAlive: version == .http11 && !fields.asksToClose)
    }

    /// Origin form as it is; absolute form into authority and origin form (RFC 9112, 3.2).
    private static func split(
        _ target: String, method: HTTPRequest.Method
    ) throws(HTTPError) -> (authority: String?, path: String) {
        if target.utf8.first == UInt8(ascii: "/") { return (nil, target) }
        if target == "*" {
            guard method == .options else {
                throw HTTPError(.badRequest, "Only OPTIONS has the target '*'.")
            }
            return (nil, target)
        }
        guard let schemeEnd = target.utf8.firstIndex(of: UInt8(ascii: ":")),
            ["http", "https"].contains(target[..<schemeEnd].lowercased()),
            target[schemeEnd...].hasPrefix("://")
        else {
            throw HTTPError(.badRequest, "The request target is neither a path nor an absolute http URI.")
        }
        let rest = target[schemeEnd...].dropFirst(3)
        let authorityEnd =
            rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        guard HostGrammar.isValid(authority) else {
            throw HTTPError(.badRequest, "The authority in the request target is malformed.")
        }
        let path = rest[authorityEnd...]
        switch path.utf8.first {
        case nil: return (String(authority), method == .options ? "*" : "/")
        case UInt8(ascii: "?"): return (String(authority), "/" + path)
        default: return (String(authority), String(path))
        }
    }
}
