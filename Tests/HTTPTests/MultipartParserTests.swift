import HTTP
import HTTPTypes
import Testing

@Suite("Multipart")
struct MultipartParserTests {
    /// A part as it came out: name, file name, type, content.
    struct Part: Equatable, Sendable {
        var name: String
        var filename: String?
        var type: String?
        var content: String
    }

    static func parse(
        _ text: String, boundary: String = "b", inPiecesOf size: Int = .max, limits: MultipartLimits = MultipartLimits()
    ) throws -> [Part] {
        let type = try #require(MediaType(parsing: "multipart/form-data; boundary=\"\(boundary)\""))
        var parser = try MultipartParser(contentType: type, limits: limits)
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var isOpen = false
        var offset = 0
        while offset < bytes.count {
            let end = offset + min(size, bytes.count - offset)
            parser.append(bytes[offset..<end])
            offset = end
            while let event = try parser.next() {
                switch event {
                case .partBegin(let head):
                    #expect(!isOpen)
                    isOpen = true
                    parts.append(
                        Part(name: head.name, filename: head.filename, type: head.contentType?.description, content: "")
                    )
                case .data(let bytes):
                    #expect(isOpen && !bytes.isEmpty)
                    parts[parts.count - 1].content += String(decoding: bytes, as: UTF8.self)
                case .partEnd:
                    #expect(isOpen)
                    isOpen = false
                }
            }
        }
        try parser.finish()
        return parts
    }

    private static func part(_ fields: String, _ content: String) -> String { "--b\r\n\(fields)\r\n\r\n\(content)\r\n" }
    private static let field = "Content-Disposition: form-data; name=\"a\""

    static let valid: [(name: String, body: String, parts: [Part])] = [
        ("a field", part(field, "x") + "--b--", [Part(name: "a", content: "x")]),
        ("an empty field", part(field, "") + "--b--", [Part(name: "a", content: "")]),
        ("no parts", "--b--", []),
        ("an epilogue", part(field, "x") + "--b--\r\nanything --b\r\n", [Part(name: "a", content: "x")]),
        ("a preamble", "ignored\r\n" + part(field, "x") + "--b--", [Part(name: "a", content: "x")]),
        ("blanks after a boundary", "--b \t\r\n\(field)\r\n\r\nx\r\n--b--", [Part(name: "a", content: "x")]),
        (
            "content that resembles a boundary", part(field, "\r\n-\r\n--\r\n--a\r\r\n--\r\nb--b") + "--b--",
            [Part(name: "a", content: "\r\n-\r\n--\r\n--a\r\r\n--\r\nb--b")]
        ),
        ("content of line ends", part(field, "\r\n\r\n\r") + "--b--", [Part(name: "a", content: "\r\n\r\n\r")]),
        (
            "a file as curl sends it",
            part("Content-Disposition: form-data; name=\"image\"; filename=\"h.png\"\r\nContent-Type: image/png", "PNG")
                + "--b--",
            [Part(name: "image", filename: "h.png", type: "image/png", content: "PNG")]
        ),
        (
            "a quote as old curl and as browsers send it",
            part("Content-Disposition: form-data; name=\"a\\\"b\"; filename=\"c%22d%0D%0A.png\"", "x") + "--b--",
            [Part(name: "a\"b", filename: "c\"d\r\n.png", content: "x")]
        ),
        (
            "other escapes are left alone", part("Content-Disposition: form-data; name=\"100%25\"", "x") + "--b--",
            [Part(name: "100%25", content: "x")]
        ),
        (
            "a Windows path",
            part("Content-Disposition: form-data; name=a; filename=\"C:\\new\\a.png\"", "x") + "--b--",
            [Part(name: "a", filename: "C:\\new\\a.png", content: "x")]
        ),
        (
            "an extended file name beside a plain one",
            part("Content-Disposition: form-data; name=\"a\"; filename=\"n.png\"; filename*=UTF-8''%e2%82%ac.png", "x")
                + "--b--",
            [Part(name: "a", filename: "€.png", content: "x")]
        ),
        (
            "an extended file name that is no UTF-8",
            part("Content-Disposition: form-data; name=\"a\"; filename=\"n.png\"; filename*=UTF-8''%ff", "x") + "--b--",
            [Part(name: "a", filename: "n.png", content: "x")]
        ),
        (
            "UTF-8 in a name", part("Content-Disposition: form-data; name=\"é\"", "x") + "--b--",
            [Part(name: "é", content: "x")]
        ),
        ("any case", part("content-DISPOSITION: Form-Data; NAME=a", "x") + "--b--", [Part(name: "a", content: "x")]),
        (
            "two parts of one name", part(field, "x") + part(field, "y") + "--b--",
            [
                Part(name: "a", content: "x"), Part(name: "a", content: "y"),
            ]
        ),
    ]

    @Test("what browsers and curl send is read, however it is cut", arguments: valid)
    func reads(name: String, body: String, parts: [Part]) throws {
        for size in [Int.max, 1, 2, 3, 7] {
            #expect(try Self.parse(body, inPiecesOf: size) == parts, "\(name), \(size)")
        }
    }

    static let attacks: [(name: String, body: String, status: Int)] = [
        ("nothing", "", 400),
        ("no boundary", String(repeating: "x", count: 2000), 400),
        ("cut in the head", "--b\r\nContent-Dispo", 400),
        ("cut in the content", part(field, "x") + "--", 400),
        ("cut after the last boundary's first dash", part(field, "x") + "--b-", 400),
        ("a boundary that goes on", part(field, "x") + "--bc\r\n", 400),
        ("a boundary ended by LF", "--b\n\(field)\r\n\r\nx\r\n--b--", 400),
        ("a boundary with endless blanks", "--b" + String(repeating: " ", count: 100), 400),
        ("a lone dash after a boundary", "--b-x", 400),
        ("no head", "--b\r\n\r\nx\r\n--b--", 400),
        ("no disposition", part("Content-Type: text/plain", "x") + "--b--", 400),
        ("two dispositions", part("\(field)\r\n\(field)", "x") + "--b--", 400),
        ("another disposition", part("Content-Disposition: attachment; name=\"a\"", "x") + "--b--", 400),
        ("no name", part("Content-Disposition: form-data", "x") + "--b--", 400),
        ("two names", part("\(field); name=\"b\"", "x") + "--b--", 400),
        ("an open quote", part("Content-Disposition: form-data; name=\"a", "x") + "--b--", 400),
        ("a broken type", part("\(field)\r\nContent-Type: png", "x") + "--b--", 400),
        ("a folded field", part("Content-Disposition: form-data;\r\n name=\"a\"", "x") + "--b--", 400),
        ("a NUL in the head", part("\(field)\0", "x") + "--b--", 400),
        ("a bare LF in the head", "--b\r\n\(field)\n\nx\r\n--b--", 400),
        ("a blank before the colon", part("Content-Disposition : form-data; name=a", "x") + "--b--", 400),
        ("a head without end", "--b\r\nX: " + String(repeating: "x", count: 10_000), 431),
        ("too many fields", part(field + String(repeating: "\r\nX: y", count: 16), "x") + "--b--", 431),
        ("too many parts", String(repeating: part(field, ""), count: 1025) + "--b--", 413),
    ]

    @Test("what is broken or boundless is refused, however it is cut", arguments: attacks)
    func refuses(name: String, body: String, status: Int) {
        for size in [Int.max, 1, 5] {
            do {
                let parts = try Self.parse(body, inPiecesOf: size)
                Issue.record("\(name) came through as \(parts)")
            } catch {
                #expect((error as? HTTPError)?.status.code == status, "\(name), \(size): \(error)")
            }
        }
    }

    @Test(
        "a type without a usable boundary is refused",
        arguments: [
            ("image/png", 415), ("multipart/mixed; boundary=b", 415), ("multipart/form-data", 400),
            ("multipart/form-data; boundary=\"\"", 400),
            ("multipart/form-data; boundary=\"a \"", 400), ("multipart/form-data; boundary=\"a\tb\"", 400),
            ("multipart/form-data; boundary=\(String(repeating: "a", count: 71))", 400),
        ])
    func boundaries(_ text: String, status: Int) throws {
        let type = try #require(MediaType(parsing: text))
        #expect { try MultipartParser(contentType: type) } throws: { ($0 as? HTTPError)?.status.code == status }
    }

    @Test("limits hold at one below, at and above", arguments: [1023, 1024, 1025])
    func limits(count: Int) throws {
        let body = String(repeating: Self.part(Self.field, ""), count: count) + "--b--"
        if count <= 1024 {
            #expect(try Self.parse(body).count == count)
        } else {
            #expect(throws: HTTPError.self) { try Self.parse(body) }
        }
    }

    @Test("content is passed on as it comes, not held until its end")
    func streams() throws {
        let type = try #require(MediaType(parsing: "multipart/form-data; boundary=b"))
        var parser = try MultipartParser(contentType: type)
        parser.append(Array("--b\r\n\(Self.field)\r\n\r\n".utf8))
        guard case .partBegin = try parser.next() else {
            Issue.record("no part")
            return
        }
        for _ in 0..<100 {
            parser.append([UInt8](repeating: 0x61, count: 1000))
            #expect(try parser.next() == .data([UInt8](repeating: 0x61, count: 1000)))
            #expect(try parser.next() == nil)
        }
    }
}
