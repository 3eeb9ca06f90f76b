/// The id of a request: the client's own, if it sent a good one, or a new one.
enum RequestID {
    /// The field that carries it, both ways.
    static let fieldName = "X-Request-ID"

    /// - Parameter sent: taken if it is `[A-Za-z0-9._-]{1,128}`; anything else could forge lines of a log.
    static func choose(_ sent: String?) -> String {
        if let sent, PathPattern.isName(sent), !sent.utf8.contains(UInt8(ascii: "@")) { return sent }
        let hex = String(UInt64.random(in: .min ... .max), radix: 16)
        return "req-" + String(repeating: "0", count: 16 - hex.count) + hex
    }
}
