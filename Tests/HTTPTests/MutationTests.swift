import HTTP
import Testing

/// Requests and forms damaged at random: whatever comes out, it comes out without a crash, and the same however the
/// bytes arrive. Seeded, so that a failure can be had again.
@Suite("Damaged input")
struct MutationTests {
    /// SplitMix64.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Up to four bytes changed, dropped, doubled or put in; preferably to bytes that mean something.
    private func damage(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
        let telling = Array("\r\n \t:;,=\"\\0af-x\0/#%".utf8) + [0x7F, 0x80, 0xFF]
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = telling.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = byte
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            default: bytes.insert(byte, at: index)
            }
        }
        return bytes
    }

    @Test("a damaged request has one outcome, whole or in pieces", arguments: [1, 2, 3, 4] as [UInt64])
    func requests(seed: UInt64) {
        var generator = Generator(state: seed)
        for _ in 0..<2000 {
            guard let request = SplitTests.requests.randomElement(using: &generator) else { return }
            let bytes = damage(Array(request.utf8), &generator)
            let whole = outcome(of: bytes)
            #expect(outcome(of: bytes, inPiecesOf: 1) == whole, "seed \(seed): \(bytes)")
            #expect(
                outcome(of: bytes, inPiecesOf: Int.random(in: 2...20, using: &generator)) == whole,
                "seed \(seed): \(bytes)")
        }
    }

    @Test("a damaged form has one outcome, whole or in pieces", arguments: [1, 2, 3, 4] as [UInt64])
    func forms(seed: UInt64) {
        var generator = Generator(state: seed)
        for _ in 0..<1000 {
            guard let form = MultipartParserTests.valid.randomElement(using: &generator) else { return }
            let text = String(decoding: damage(Array(form.body.utf8), &generator), as: UTF8.self)
            let whole = try? MultipartParserTests.parse(text)
            #expect((try? MultipartParserTests.parse(text, inPiecesOf: 1)) == whole, "seed \(seed): \(text)")
        }
    }

    @Test("damaged fields are read or refused, never worse", arguments: [1, 2, 3, 4] as [UInt64])
    func fields(seed: UInt64) {
        var generator = Generator(state: seed)
        let offers = [MediaType("application", "json")]
        for _ in 0..<2000 {
            let type = damage(Array("multipart/form-data; boundary=\"a\\\"b\"; c=d, */*;q=0.5".utf8), &generator)
            let text = String(decoding: type, as: UTF8.self)
            // What is read and written again is read as the same.
            if let type = MediaType(parsing: text) { #expect(MediaType(parsing: type.description) == type) }
            _ = ContentNegotiation.mediaType(accept: text, offers: offers)
            _ = ContentNegotiation.prefersGzip(acceptEncoding: text)
            let range = String(decoding: damage(Array("bytes=10-99999999999999999999".utf8), &generator), as: UTF8.self)
            if case .part(let part) = ByteRange(parsing: range, size: 50) {
                #expect(part.lowerBound >= 0 && part.upperBound <= 50 && !part.isEmpty)
            }
            let tags = String(decoding: damage(Array("W/\"a\", \"b\"".utf8), &generator), as: UTF8.self)
            _ = ETag("a").isNamed(byIfNoneMatch: tags)
        }
    }

    @Test("damaged gzip is decoded to the same or refused", arguments: [1, 2] as [UInt64])
    func gzip(seed: UInt64) {
        var generator = Generator(state: seed)
        let good = GzipEncoder.encode((0..<3000).map { UInt8($0 % 7) })
        for _ in 0..<500 {
            let bytes = damage(good, &generator)
            let decoder = GzipDecoder(limit: 10_000)
            decoder.append(bytes)
            var total = 0
            do {
                while let piece = try decoder.next() { total += piece.count }
                try decoder.finish()
                // Only bytes of the header that mean nothing can have changed.
                #expect(total == 3000)
            } catch {
                #expect(total <= 10_000)
            }
        }
    }
}
