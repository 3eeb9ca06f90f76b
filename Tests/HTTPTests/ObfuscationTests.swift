import HTTP
import Testing

/// Smuggling tries to make one party overlook a `Transfer-Encoding` that another one sees. Here every disguise
/// stands beside a `Content-Length`, in both orders of who would be fooled; none may end as a request.
@Suite("Obfuscated Transfer-Encoding")
struct ObfuscationTests {
    /// Who, on a vulnerable path, would believe which field.
    enum Pair: CaseIterable, Sendable {
        case contentLengthFirst
        case transferEncodingFirst

        /// A body that both framings can end in, with a smuggled request where they disagree.
        func request(disguise: String) -> String {
            switch self {
            case .contentLengthFirst:
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\(disguise)\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n"
            case .transferEncodingFirst:
                "POST / HTTP/1.1\r\nHost: a\r\n\(disguise)Content-Length: 4\r\n\r\n2b\r\nGET /admin HTTP/1.1\r\nHost: a\r\nX: a\r\n\r\n0\r\n\r\n"
            }
        }
    }

    /// Field lines that some implementation has taken for `Transfer-Encoding: chunked`.
    static let disguises: [String] = {
        var lines: [String] = []
        let blanks = [" ", "\t", "\u{B}", "\u{C}", "\u{A0}", "\0", "\u{1}", "\u{7F}", "\u{85}", "\u{FEFF}", "\u{3000}"]
        for blank in blanks {
            lines.append("Transfer-Encoding\(blank): chunked\r\n")
            lines.append("Transfer-Encoding:\(blank)chunked\r\n")
            lines.append("Transfer-Encoding:\(blank)\(blank)chunked\r\n")
            lines.append("Transfer-Encoding: chunked\(blank)\r\n")
            lines.append("\(blank)Transfer-Encoding: chunked\r\n")
            lines.append("Transfer\(blank)Encoding: chunked\r\n")
            lines.append("Transfer-Encoding: chun\(blank)ked\r\n")
            lines.append("X: a\r\n\(blank)Transfer-Encoding: chunked\r\n")
        }
        for ending in ["\n", "\r", "\n\r", "\r\r\n", "\r\n ", "\r\n\t", "\0\r\n"] {
            lines.append("Transfer-Encoding: chunked\(ending)X: a\r\n")
            lines.append("X: a\(ending)Transfer-Encoding: chunked\r\n")
            lines.append("Transfer-Encoding:\(ending)chunked\r\n")
        }
        for value in [
            "chunked, chunked", "chunked,", ",chunked", "chunked, identity", "identity, chunked", "gzip, chunked",
            "xchunked",
            "chunkedx", "\"chunked\"", "'chunked'", "chunked;q=1", "chunked;", "chunked gzip", "CHUNKED", "Chunked",
            "cHuNkEd",
            "chunk", "x", "identity", "", "deflate", "compress, chunked", "chunked\u{200B}", "сhunked",
            "chun\u{212A}ed", "[chunked]",
            "chunked:", "=chunked", "chunked=1", "{chunked}", "<chunked>", "chunked()", "chunked\\", "\\chunked",
            "tr,chunked",
        ] {
            lines.append("Transfer-Encoding: \(value)\r\n")
        }
        for pair in [
            "chunked\r\nTransfer-Encoding: identity", "identity\r\nTransfer-Encoding: chunked",
            "chunked\r\nTransfer-encoding: x", "x\r\nTransfer-encoding: chunked",
            "chunked\r\nTRANSFER-ENCODING: chunked",
        ] {
            lines.append("Transfer-Encoding: \(pair)\r\n")
        }
        for name in ["transfer-encoding", "TRANSFER-ENCODING", "tRANSFER-eNCODING", "Transfer-encoding"] {
            lines.append("\(name): chunked\r\n")
            lines.append("\(name):chunked\r\n")
            lines.append("\(name): \tchunked\t \r\n")
        }
        return lines
    }()

    @Test("no disguise is read as a request by its length alone", arguments: Pair.allCases)
    func refused(_ pair: Pair) {
        var cases = 0
        for disguise in Self.disguises {
            let result = outcome(of: Array(pair.request(disguise: disguise).utf8))
            guard case .refused(let status) = result else {
                Issue.record("\(disguise.debugDescription) came through as \(result)")
                continue
            }
            #expect(status == 400 || status == 501, "\(disguise.debugDescription)")
            cases += 1
        }
        #expect(cases == Self.disguises.count)
    }

    @Test(
        "names that only resemble the field are other fields, and the length stands",
        arguments: [
            "Transfer_Encoding", "TransferEncoding", "Transfer-Encodin", "X-Transfer-Encoding", "Transfer.Encoding",
            "Transfer--Encoding",
        ])
    func lookalikes(_ name: String) {
        let text = "POST / HTTP/1.1\r\nHost: a\r\n\(name): chunked\r\nContent-Length: 5\r\n\r\nhello"
        #expect(outcome(of: Array(text.utf8)) == .kept(body: "hello"))
    }

    @Test("there are as many cases as promised, each once")
    func size() {
        let all = Set(Pair.allCases.flatMap { pair in Self.disguises.map(pair.request) })
        #expect(all.count >= 260, "\(all.count)")
    }
}
