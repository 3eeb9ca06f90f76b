import Testing
import TextNumbers

struct FloatTextTests {
    @Test(
        "is written as",
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1, "-1.0"), (10, "10.0"), (0.5, "0.5"), (0.1, "0.1"),
            (1.5, "1.5"), (123.456, "123.456"), (0.001, "0.001"), (0.00012, "0.00012"), (1e-5, "0.00001"),
            (1e-6, "1e-6"),
            (1.5e-7, "1.5e-7"), (16_777_216, "16777216.0"), (123_456_792, "123456790.0"), (1e9, "1e9"), (3e10, "3e10"),
            (1.25e20, "1.25e20"), (3.4028235e38, "3.4028235e38"), (1.1754944e-38, "1.1754944e-38"),
            (.leastNonzeroMagnitude, "1e-45"),
            (8_388_608, "8388608.0"), (2.5e8, "250000000.0"), (.pi, "3.1415925"), (33_554_432, "33554432.0"),
        ] as [(Float, String)])
    func form(_ value: Float, _ text: String) {
        var json = JSONWriter()
        json.append(value)
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }

    @Test("reads back bit for bit, and is no longer than the standard library's", arguments: [UInt64(11), 12, 13, 14])
    func roundTrip(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let patterns = (0..<250_000).map { _ in UInt32(truncatingIfNeeded: random.next()) }
        try check(patterns.map(Float.init(bitPattern:)).filter(\.isFinite))
    }

    @Test func subnormalsPowersOfTwoAndNeighboursReadBack() throws {
        let subnormals = (0..<100_000).map { Float(bitPattern: UInt32($0)) }
        let powers = (0...254).flatMap { exponent in
            (-2...2).map { Float(bitPattern: UInt32(max(0, exponent << 23 + $0))) }
        }
        let integers = (0..<100_000).map { Float($0 * 1_021) }
        try check(subnormals + powers + integers)
    }

    private func check(_ values: [Float]) throws {
        var json = JSONWriter()
        json.array { $0.appendFloats(values.span) }
        let text = String(decoding: json.bytes, as: UTF8.self)
        let words = text.dropFirst().dropLast().split(separator: ",")
        try #require(words.count == values.count)
        let wrong = zip(words, values).filter { word, value in
            Float(word)?.bitPattern != value.bitPattern || digits(word) > digits(Substring(value.description))
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
        let read = try #require(try JSONValue.parse(json.bytes).doubles)
        #expect(zip(read, values).allSatisfy { Float($0).bitPattern == $1.bitPattern })
    }

    /// Significant digits.
    private func digits(_ text: Substring) -> Int {
        let mantissa = text.prefix { $0 != "e" }.filter(\.isNumber)
        return String(mantissa).trimmed.count
    }
}

extension String {
    fileprivate var trimmed: Substring {
        var rest = drop { $0 == "0" }
        while rest.last == "0" { rest.removeLast() }
        return rest
    }
}
