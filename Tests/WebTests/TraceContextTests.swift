import Testing

@testable import Web

struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test(
        "takes", arguments: ["00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-00", "cc-\(trace)-\(parent)-01-more"])
    func takes(_ field: String) {
        let context = TraceContext(parsing: field)
        #expect(context?.traceID == Self.trace[...])
        #expect(context?.parentID == Self.parent[...])
    }

    @Test(
        "leaves",
        arguments: [
            nil, "", "00", "ff-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01-more", "00-\(trace)-\(parent)",
            "00-\(trace.uppercased())-\(parent)-01", "00-\(String(repeating: "0", count: 32))-\(parent)-01",
            "00-\(trace)-\(String(repeating: "0", count: 16))-01", "00-\(trace)x-\(parent)-01",
            "00\n\(trace)-\(parent)-01-x",
        ])
    func leaves(_ field: String?) {
        #expect(TraceContext(parsing: field) == nil)
    }
}
