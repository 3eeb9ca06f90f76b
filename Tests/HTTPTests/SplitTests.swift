import HTTP
import Testing

/// A request is the same request however the network cuts it.
@Suite("Byte splits")
struct SplitTests {
    /// Forty valid requests of every shape that the parser tells apart.
    static let requests: [String] = {
        let bodies = [
            "", "Content-Length: 0\r\n\r\n", "Content-Length: 1\r\n\r\na", "Content-Length: 11\r\n\r\nhello world",
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n00b\r\nhello world\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\\\"e\"\r\n\r\n0\r\n\r\n0;x\r\nT: u\r\nV: w\r\n\r\n",
        ]
        let heads = [
            "POST / HTTP/1.1\r\nHost: a\r\n", "\r\nPUT /a?b=c HTTP/1.1\r\nHost: [::1]:80\r\nX-Empty:\r\n",
            "DELETE http://b:8/c HTTP/1.1\r\nHOST:\ta \t\r\nAccept: text/html, */*;q=0.5\r\nConnection: close\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\nCookie: c=d\r\n",
            "PATCH /%e2%82%ac HTTP/1.2\r\nExpect: 100-continue\r\nHost: a.b.c:8080\r\nX: é\r\n",
        ]
        return heads.flatMap { head in bodies.map { head + ($0.isEmpty ? "\r\n" : $0) } }
    }()

    /// All that comes out, bodies joined, for where pieces are cut is the network's.
    private func parse(_ pieces: [ArraySlice<UInt8>]) throws -> [RequestParser.Event] {
        var parser = RequestParser()
        var events: [RequestParser.Event] = []
        for piece in pieces {
            parser.append(piece)
            while let event = try parser.next() {
                if case .body(let next) = event, case .body(let last) = events.last {
                    events[events.count - 1] = .body(last + next)
                } else {
                    events.append(event)
                }
            }
        }
        return events
    }

    @Test("cut at any byte, the parse is the same", arguments: requests)
    func cuts(_ text: String) throws {
        let bytes = Array((text + text).utf8)
        let whole = try parse([bytes[...]])
        #expect(whole.count { $0 == .end } == 2)
        for cut in 1..<bytes.count {
            #expect(try parse([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
    }

    @Test("sent a byte at a time, the parse is the same", arguments: requests)
    func singleBytes(_ text: String) throws {
        let bytes = Array(text.utf8)
        #expect(try parse(bytes.indices.map { bytes[$0...$0] }) == parse([bytes[...]]))
    }

    @Test("there are forty requests")
    func size() {
        #expect(Set(Self.requests).count >= 40)
    }
}
