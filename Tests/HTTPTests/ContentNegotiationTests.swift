import HTTP
import Testing

@Suite("Content negotiation")
struct ContentNegotiationTests {
    private static let offers = [
        MediaType("application", "json"), MediaType("application", "x-npz"), MediaType("application", "x-safetensors"),
        MediaType("image", "png"),
    ]

    @Test(
        "the best offer by weight, specificity and our order",
        arguments: [
            (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"), ("image/*", "image/png"),
            ("application/x-npz", "application/x-npz"), ("APPLICATION/X-NPZ", "application/x-npz"),
            ("application/json;q=0.1, image/png", "image/png"),
            ("application/json;q=0.5, image/png;q=0.5", "application/json"),
            ("*/*, application/json;q=0", "application/x-npz"),
            ("application/*;q=0.2, image/png;q=0.1", "application/json"),
            ("application/*, application/json;q=0.1", "application/x-npz"),
            ("text/html, */*;q=0.1", "application/json"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", "application/json"),
            ("application/json;charset=utf-8", "application/json"), ("application/json; q=1.000", "application/json"),
            ("application/json;q=0.001", "application/json"), ("broken", "application/json"),
            ("a/b;q=2, image/png", "image/png"),
            ("image/png;q=1.0;ext=1", "image/png"), ("text/html", nil), ("image/jpeg", nil),
            ("application/json;q=0", nil),
            ("*/*;q=0", nil), ("application/json;version=2", nil), ("*/json", nil),
        ] as [(String?, String?)])
    func mediaTypes(accept: String?, expected: String?) {
        #expect(ContentNegotiation.mediaType(accept: accept, offers: Self.offers)?.essence == expected)
    }

    @Test(
        "gzip only for those who want it at least as much as none",
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("GZIP", true), ("x-gzip", true), ("*", true),
            ("gzip, deflate, br, zstd", true),
            ("br", false), ("gzip;q=0", false), ("*;q=0", false), ("gzip;q=0.5", true), ("identity, gzip;q=0.5", false),
            ("gzip;q=0.5, identity;q=0.5", true), ("gzip;q=x", false), ("identity", false), ("*, gzip;q=0", false),
        ] as [(String?, Bool)])
    func gzip(field: String?, expected: Bool) {
        #expect(ContentNegotiation.prefersGzip(acceptEncoding: field) == expected)
    }
}

@Suite("Media type")
struct MediaTypeTests {
    @Test(
        "type, subtype and parameters are read",
        arguments: [
            ("text/html", "text/html"), ("Text/HTML ; Charset=UTF-8", "text/html; charset=UTF-8"),
            ("a/b;c=\"d e\"", "a/b; c=\"d e\""),
            ("a/b;c=\"d\\\"e\"", "a/b; c=\"d\\\"e\""), ("a/b;", "a/b"), ("a/b;;c=d", "a/b; c=d"), ("*/*", "*/*"),
            ("application/vnd.x+json", "application/vnd.x+json"), ("a/b;c=\"\"", "a/b; c=\"\""),
        ])
    func reads(_ text: String, expected: String) {
        #expect(MediaType(parsing: text)?.description == expected)
    }

    @Test(
        "what is malformed is none",
        arguments: [
            "", " ", "text", "text/", "/html", "a/b/c", "a b/c", "a/b;c", "a/b;c=", "a/b;=d", "a/b;c=\"d", "a/b;c=d e",
            "a/b;c=d;c=e",
            "a/b;c =d", "a/b c=d", "é/b",
        ])
    func refuses(_ text: String) {
        #expect(MediaType(parsing: text) == nil)
    }

    @Test("a parameter is found by its name")
    func parameters() {
        let type = MediaType(parsing: "multipart/form-data; boundary=\"a;b\"; x=y")
        #expect(type?["boundary"] == "a;b" && type?["x"] == "y" && type?["z"] == nil)
        #expect(type?.essence == "multipart/form-data")
    }
}
