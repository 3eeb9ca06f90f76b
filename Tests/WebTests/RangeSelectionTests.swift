import HTTP
import HTTPTypes
import Testing

@testable import Web

@Suite struct RangeSelectionTests {
    private static let bytes = (0..<100).map { UInt8($0) }
    private static let tag = "\"v1\""

    private func whole(
        _ body: ResponseBody = .bytes(bytes), accepts: String? = "bytes", status: HTTPResponse.Status = .ok
    ) -> Response {
        var fields: HTTPFields = [.eTag: Self.tag, .contentType: "application/x-npy"]
        fields[.acceptRanges] = accepts
        return Response(status: status, headerFields: fields, body: body)
    }

    private func head(_ range: String, _ more: HTTPFields = [:], _ method: HTTPRequest.Method = .get) -> HTTPRequest {
        var fields = more
        fields[.range] = range
        return HTTPRequest(method: method, scheme: "http", authority: "a", path: "/", headerFields: fields)
    }

    /// Pieces whose borders lie anywhere, seen from the part.
    private static func stream(_ size: Int) -> ResponseBody {
        .stream(contentLength: bytes.count) { writer in
            for start in stride(from: 0, to: bytes.count, by: size) {
                try await writer.write(Array(bytes[start..<min(start + size, bytes.count)]))
            }
        }
    }

    @Test(arguments: [
        ("bytes=0-0", 0..<1), ("bytes=10-19", 10..<20), ("bytes=95-", 95..<100), ("bytes=-7", 93..<100),
        ("bytes=0-", 0..<100), ("bytes=50-4000", 50..<100),
    ])
    func aPartIsCutOut(_ range: String, _ wanted: Range<Int>) async throws {
        for body in [ResponseBody.bytes(Self.bytes), Self.stream(1), Self.stream(7), Self.stream(1_000)] {
            let part = try RangeSelection.apply(to: whole(body), for: head(range))
            #expect(part.head.status == .partialContent)
            #expect(
                part.head.headerFields[.contentRange] == "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/100")
            #expect(try await part.body.collected() == Array(Self.bytes[wanted]))
            if case .stream(let length, _) = part.body { #expect(length == wanted.count) }
        }
    }

    @Test(arguments: ["bytes=0-9,20-29", "lines=0-9", "bytes=9-0", "bytes=x", ""])
    func whatIsNoRangeIsIgnored(_ range: String) throws {
        #expect(try RangeSelection.apply(to: whole(), for: head(range)).head.status == .ok)
    }

    @Test func onlyWhatSaysSoComesInParts() throws {
        for response in [whole(accepts: nil), whole(accepts: "none"), whole(status: .created)] {
            #expect(
                try RangeSelection.apply(to: response, for: head("bytes=0-9")).head.status == response.head.status)
        }
        #expect(try RangeSelection.apply(to: whole(), for: head("bytes=0-9", [:], .head)).head.status == .ok)
        let endless = ResponseBody.stream(contentLength: nil) { _ in }
        #expect(try RangeSelection.apply(to: whole(endless), for: head("bytes=0-9")).head.status == .ok)
    }

    @Test(arguments: [
        ("\"v1\"", true), ("\"v2\"", false), ("W/\"v1\"", false), ("Tue, 24 Nov 2026 18:00:00 GMT", false),
    ])
    func anotherVersionIsSentWhole(_ condition: String, _ isSame: Bool) throws {
        let response = try RangeSelection.apply(to: whole(), for: head("bytes=0-9", [.ifRange: condition]))
        #expect(response.head.status == (isSame ? .partialContent : .ok))
    }

    @Test func beyondTheEndIs416WithTheLength() throws {
        let problem = try #require(throws: Problem.self) {
            try RangeSelection.apply(to: whole(), for: head("bytes=100-"))
        }
        #expect(problem.status == .rangeNotSatisfiable)
        #expect(problem.headerFields[.contentRange] == "bytes */100")
    }

    /// What follows the part is not even made.
    @Test func theStreamEndsWithThePart() async throws {
        struct TooFar: Error {}
        let body = ResponseBody.stream(contentLength: 100) { writer in
            try await writer.write(Array(Self.bytes[..<50]))
            throw TooFar()
        }
        let part = try RangeSelection.apply(to: whole(body), for: head("bytes=10-49"))
        #expect(try await part.body.collected() == Array(Self.bytes[10..<50]))
    }
}
