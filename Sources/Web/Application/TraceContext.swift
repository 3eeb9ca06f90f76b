/// The `traceparent` of a request (https://www.w3.org/TR/trace-context/), carried into the log.
struct TraceContext: Equatable {
    let traceID: Substring
    let parentID: Substring

    /// `00-<32 hex>-<16 hex>-<2 hex>`, lower case, ids not zero; `nil` for anything else, as the standard asks.
    init?(parsing field: String?) {
        guard let field, field.utf8.count >= 55 else { return nil }
        let parts = field.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts.prefix(4).map(\.utf8.count) == [2, 32, 16, 2], parts[0] != "ff",
            parts[0] != "00" || parts.count == 4, parts.prefix(4).allSatisfy({ $0.utf8.allSatisfy(Self.isHex) }),
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        traceID = parts[1]
        parentID = parts[2]
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
