import Testing
import TextNumbers

struct JSONNumberTests {
    /// Against the standard library, which rounds correctly.
    @Test(arguments: [UInt64(1), 2, 3])
    func readsAsTheStandardLibraryDoes(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let texts = (0..<20_000).map { _ in Self.text(&random) }
        let read = try #require(try JSONValue.parse(Array("[\(texts.joined(separator: ","))]".utf8)).doubles)
        for (text, value) in zip(texts, read) { #expect(value.bitPattern == Double(text)?.bitPattern, "\(text)") }
    }

    @Test(arguments: [UInt64(4), 5])
    func everyFiniteFloat64ComesBack(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let values = (0..<50_000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
        let text = "[" + values.map(\.description).joined(separator: ",") + "]"
        let read = try #require(try JSONValue.parse(Array(text.utf8)).doubles)
        #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
    }

    /// Digits, perhaps a fraction, perhaps an exponent: all lengths around the limits of the exact way.
    private static func text(_ random: inout SplitMix) -> String {
        var text = random.next() % 2 == 0 ? "-" : ""
        let whole = Int(random.next() % 22)
        text += whole == 0 ? "0" : String(1 + random.next() % 9) + digits(whole - 1, &random)
        if random.next() % 2 == 0 { text += "." + digits(1 + Int(random.next() % 20), &random) }
        if random.next() % 2 == 0 { text += "e\(Int(random.next() % 60) - 30)" }
        return text
    }

    private static func digits(_ count: Int, _ random: inout SplitMix) -> String {
        String((0..<count).map { _ in Character(String(random.next() % 10)) })
    }
}

/// A small seeded generator: the same numbers in each run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
