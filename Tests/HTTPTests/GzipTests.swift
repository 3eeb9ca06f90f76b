import HTTP
import HTTPTypes
import Testing

@Suite("Gzip")
struct GzipTests {
    private func decode(_ bytes: [UInt8], limit: Int = 10_000_000, inPiecesOf size: Int = .max) throws -> [UInt8] {
        let decoder = GzipDecoder(limit: limit)
        var output: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            let end = offset + min(size, bytes.count - offset)
            decoder.append(Array(bytes[offset..<end]))
            offset = end
            while let piece = try decoder.next() { output += piece }
        }
        try decoder.finish()
        return output
    }

    /// Bytes that compress neither well nor not at all; the same in every run.
    private static func sample(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 60)
        }
    }

    @Test("what is encoded decodes to itself, however it is cut", arguments: [0, 1, 1000, 65_536, 300_000], [1, 6, 9])
    func roundTrip(count: Int, level: Int) throws {
        let bytes = Self.sample(count)
        let encoded = GzipEncoder.encode(bytes, level: level)
        #expect(encoded.prefix(2) == [0x1F, 0x8B])
        for size in [Int.max, 1, 1000] { #expect(try decode(encoded, inPiecesOf: size) == bytes) }
        #expect(encoded.count < bytes.count * 3 / 4 + 100)
    }

    @Test("what was flushed can be decoded before the end")
    func flushes() throws {
        let encoder = GzipEncoder()
        let decoder = GzipDecoder(limit: 1000)
        for text in ["one\n", "two\n", "three\n"] {
            decoder.append(encoder.encode(Array(text.utf8), flush: .sync))
            #expect(try decoder.next() == Array(text.utf8))
            #expect(try decoder.next() == nil)
        }
        decoder.append(encoder.encode([], flush: .finish))
        #expect(try decoder.next() == nil)
        try decoder.finish()
    }

    @Test("several members are one content")
    func members() throws {
        let both =
            GzipEncoder.encode(Array("one".utf8)) + GzipEncoder.encode([]) + GzipEncoder.encode(Array("two".utf8))
        #expect(try decode(both) == Array("onetwo".utf8))
        #expect(try decode(both, inPiecesOf: 1) == Array("onetwo".utf8))
    }

    @Test(
        "the limit counts what comes out: one below and at it pass, one above is a 413",
        arguments: [99_999, 100_000, 100_001])
    func limit(count: Int) throws {
        let encoded = GzipEncoder.encode([UInt8](repeating: 0, count: count))
        if count <= 100_000 {
            #expect(try decode(encoded, limit: 100_000).count == count)
        } else {
            #expect { try decode(encoded, limit: 100_000) } throws: { ($0 as? HTTPError)?.status == .contentTooLarge }
        }
    }

    @Test("a bomb is refused after one piece beyond the limit, in pieces of bounded size")
    func bomb() throws {
        let encoder = GzipEncoder(level: 9)
        var bomb: [UInt8] = []
        for _ in 0..<64 { bomb += encoder.encode([UInt8](repeating: 0, count: 1 << 20)) }
        bomb += encoder.encode([], flush: .finish)
        #expect(bomb.count < 100_000)
        let decoder = GzipDecoder(limit: 1 << 20)
        decoder.append(bomb)
        var total = 0
        #expect(throws: HTTPError.self) {
            while let piece = try decoder.next() {
                #expect(piece.count <= 64 * 1024)
                total += piece.count
            }
        }
        #expect(total <= 1 << 20)
        #expect(throws: HTTPError.self) { try decoder.next() }
    }

    private static let good = GzipEncoder.encode(Array("hello world, hello world".utf8))

    private static func changed(_ index: Int, to byte: UInt8) -> [UInt8] {
        var bytes = good
        bytes[index < 0 ? bytes.count + index : index] = byte
        return bytes
    }

    static let attacks: [(name: String, bytes: [UInt8])] = [
        ("nothing", []),
        ("text", Array("hello world".utf8)),
        ("a zlib header", [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]),
        ("a first byte alone", [0x1F]),
        ("a header alone", Array(good.prefix(10))),
        ("another magic", changed(1, to: 0x8C)),
        ("another method", changed(2, to: 7)),
        ("reserved flags", changed(3, to: 0xE0)),
        ("a wrong checksum", changed(-5, to: good[good.count - 5] ^ 1)),
        ("a wrong length", changed(-1, to: 0xFF)),
        ("a reserved block type", Array(good.prefix(10)) + [0x07]),
        ("a stored block whose lengths disagree", Array(good.prefix(10)) + [0x01, 0x05, 0x00, 0x00, 0x00]),
        ("a distance too far back", Array(good.prefix(10)) + [0x4B, 0x04, 0x42, 0x00]),
        ("zeros behind the end", good + [0, 0, 0, 0]),
        ("text behind the end", good + Array("more".utf8)),
        ("half a second member", good + good.prefix(12)),
    ]

    @Test("what is corrupt or cut short is a 400, however it is cut", arguments: attacks)
    func corrupt(name: String, bytes: [UInt8]) {
        for size in [Int.max, 1] {
            #expect { try decode(bytes, inPiecesOf: size) } throws: { ($0 as? HTTPError)?.status == .badRequest }
        }
    }

    @Test("cut short anywhere, it is refused")
    func truncated() {
        for count in 0..<Self.good.count {
            #expect(throws: HTTPError.self) { try decode(Array(Self.good.prefix(count))) }
        }
    }

    private func body(of pieces: [[UInt8]], declared: Int? = nil) -> RequestBody {
        let source = Source(pieces: pieces)
        return RequestBody(contentLength: declared) { await source.next() }
    }

    private actor Source {
        private var pieces: [[UInt8]]

        init(pieces: [[UInt8]]) { self.pieces = pieces }

        func next() -> [UInt8]? { pieces.isEmpty ? nil : pieces.removeFirst() }
    }

    @Test("a body is decoded while it is read")
    func body() async throws {
        let bytes = Self.sample(200_000)
        let encoded = GzipEncoder.encode(bytes)
        let pieces = stride(from: 0, to: encoded.count, by: 1000).map {
            Array(encoded[$0..<min($0 + 1000, encoded.count)])
        }
        #expect(try await body(of: pieces).decodingGzip(limit: 200_000).collect(upTo: 200_000) == bytes)
        await #expect(throws: HTTPError.self) {
            try await body(of: pieces).decodingGzip(limit: 199_999).collect(upTo: 300_000)
        }
        await #expect(throws: HTTPError.self) {
            try await body(of: pieces.dropLast()).decodingGzip(limit: 200_000).collect(upTo: 200_000)
        }
    }

    @Test("collecting stops at its limit, declared or found out", arguments: [99, 100, 101])
    func collects(count: Int) async throws {
        for declared in [nil, count] {
            let body = body(
                of: [[UInt8](repeating: 0, count: 50), [UInt8](repeating: 0, count: count - 50)], declared: declared)
            if count <= 100 {
                #expect(try await body.collect(upTo: 100).count == count)
            } else {
                await #expect(throws: HTTPError.self) { try await body.collect(upTo: 100) }
            }
        }
    }
}
