import Testing

@testable import Checkpoints

struct SafetensorsHeaderTests {
    /// A header, the bytes of data behind it, and what the refusal's sentence must say.
    struct Case: CustomTestStringConvertible {
        let json: String
        var data = 8
        let sentence: String
        var testDescription: String { "\(json.prefix(90)) + \(data)" }

        init(_ json: String, _ data: Int = 8, _ sentence: String) {
            self.json = json
            self.data = data
            self.sentence = sentence
        }
    }

    private static func one(_ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
        "{" + SafetensorsBytes.entry("a", type, shape, offsets) + "}"
    }

    private static func two(_ first: String, _ second: String) -> String {
        "{" + SafetensorsBytes.entry("a", "F32", "[2]", first) + "," + SafetensorsBytes.entry("b", "F32", "[2]", second)
            + "}"
    }

    private static let json: [Case] = [
        Case("", 0, "not the expected JSON at byte 8"), Case(" ", 0, "not the expected JSON"),
        Case("[]", 0, "a JSON object was expected"), Case("5", 0, "a JSON object was expected"),
        Case("null", 0, "a JSON object was expected"), Case("\"a\"", 0, "a JSON object was expected"),
        Case("{", 0, "not the expected JSON"), Case("{}x", 0, "not the expected JSON at byte 10"),
        Case("{}{}", 0, "not the expected JSON"), Case("{'a':1}", 0, "not the expected JSON"),
        Case("{\"a\"}", 0, "not the expected JSON"), Case("{\"a\":}", 0, "not the expected JSON"),
        Case("{\"a\":{},}", 0, "not the expected JSON"), Case("{\"a\":NaN}", 0, "not the expected JSON"),
        Case("{\"\\ud800\":1}", 0, "not the expected JSON"),
        Case(String(repeating: "[", count: 9), 0, "not the expected JSON"),
        Case(String(repeating: "{\"a\":", count: 200_000), 0, "not the expected JSON"),
        Case("{\"__metadata__\":5}", 0, "is not an object"), Case("{\"__metadata__\":[]}", 0, "is not an object"),
        Case("{\"__metadata__\":{\"k\":5}}", 0, "'k' is none"),
        Case("{\"__metadata__\":{\"k\":null}}", 0, "'k' is none"),
        Case("{\"__metadata__\":{\"k\":{}}}", 0, "'k' is none"),
        Case("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "not the expected JSON"),
        Case("{\(SafetensorsBytes.entry()),\(SafetensorsBytes.entry())}", 8, "not the expected JSON"),
    ]

    private static let fields: [Case] = [
        Case("{\"a\":5}", 8, "'a' is not an object"), Case("{\"a\":[]}", 8, "'a' is not an object"),
        Case("{\"a\":null}", 8, "'a' is not an object"), Case("{\"a\":{}}", 8, "needs a text 'dtype'"),
        Case("{\"a\":{\"dtype\":\"F32\"}}", 8, "needs a 'shape'"),
        Case("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "needs 'data_offsets'"),
        Case("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "needs a text 'dtype'"),
        Case("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "needs a 'shape'"),
        Case("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8, "unknown field 'x'"),
        Case("{\"a\":{\"dtype\":32,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "needs a text 'dtype'"),
        Case("{\"a\":{\"dtype\":null,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "needs a text 'dtype'"),
        Case(one("Q7"), 8, "unknown datatype 'Q7'"), Case(one("f32"), 8, "unknown datatype 'f32'"),
        Case(one(""), 8, "unknown datatype ''"), Case(one("C64", "[1]"), 8, "unknown datatype 'C64'"),
        Case(one("F32 "), 8, "unknown datatype"),
        Case(one("F32", "2"), 8, "needs a 'shape'"), Case(one("F32", "\"2\""), 8, "needs a 'shape'"),
        Case(one("F32", "{}"), 8, "needs a 'shape'"), Case(one("F32", "[-2]"), 8, "needs a 'shape'"),
        Case(one("F32", "[2.5]"), 8, "needs a 'shape'"), Case(one("F32", "[\"2\"]"), 8, "needs a 'shape'"),
        Case(one("F32", "[null]"), 8, "needs a 'shape'"), Case(one("F32", "[true]"), 8, "needs a 'shape'"),
        Case(one("F32", "[[2]]"), 8, "needs a 'shape'"), Case(one("F32", "[1e300]"), 8, "needs a 'shape'"),
        Case(one("F32", "[-0.5,-4]"), 8, "needs a 'shape'"),
        Case(one("F32", "[" + String(repeating: "1,", count: 64) + "2]"), 8, "65 axes; the limit is 64"),
        Case(one("F32", "[2]", "8"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[]"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[8]"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[0,4,8]"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[-4,4]"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[0,8.5]"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[\"0\",8]"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[0,1e30]"), 8, "needs 'data_offsets'"),
        Case(one("F32", "[2]", "[0,18446744073709551615]"), 8, "needs 'data_offsets'"),
    ]

    private static let sizes: [Case] = [
        Case(one("F32", "[2]", "[8,0]"), 8, "begins at 8, after its end 0"),
        Case(one("F32", "[2]", "[4,12]"), 8, "has only 8"), Case(one(), 7, "has only 7"), Case(one(), 0, "has only 0"),
        Case(one("F32", "[3]"), 8, "takes 12 bytes by its shape and 8"),
        Case(one("F32", "[1]"), 8, "takes 4 bytes by its shape and 8"),
        Case(one("F64", "[2]"), 8, "takes 16 bytes"), Case(one("F16", "[2]"), 8, "takes 4 bytes"),
        Case(one("BF16", "[3]"), 8, "takes 6 bytes"), Case(one("U8", "[9]"), 8, "takes 9 bytes"),
        Case(one("F32", "[]"), 8, "takes 4 bytes"), Case(one("F32", "[0]"), 8, "takes 0 bytes"),
        Case(one("F32", "[0,7]"), 8, "takes 0 bytes"),
        Case(one("F32", "[4503599627370496,4096]"), 8, "exceeds any memory"),
        Case(one("F32", "[4294967296,4294967296]"), 8, "exceeds any memory"),
        Case(one("U8", "[9007199254740992,9007199254740992]"), 8, "exceeds any memory"),
        Case(one("F32", "[2]", "[4,12]"), 12, "4 bytes before tensor 'a'"),
        Case(one(), 9, "1 bytes follow"), Case(one(), 16, "8 bytes follow"), Case("{}", 1, "1 bytes follow"),
        Case(two("[0,8]", "[0,8]"), 8, "'b' shares 8 bytes"), Case(two("[0,8]", "[4,12]"), 12, "'b' shares 4 bytes"),
        Case(two("[4,12]", "[0,8]"), 12, "'a' shares 4 bytes"),
        Case(two("[0,8]", "[12,20]"), 20, "4 bytes before tensor 'b'"),
        Case(two("[0,8]", "[8,16]"), 20, "4 bytes follow"), Case(two("[0,8]", "[8,16]"), 12, "has only 12"),
    ]

    @Test(arguments: json + fields + sizes)
    func eachRuleBrokenAloneIsRefusedByName(rule: Case) throws {
        let error = #expect(throws: CheckpointError.self) {
            try SafetensorsHeader(json: Array(rule.json.utf8), dataSize: rule.data, file: "x.safetensors")
        }
        let sentence = try #require(error).description
        #expect(sentence.contains(rule.sentence), "\(sentence)")
        #expect(sentence.hasPrefix("x.safetensors: "))
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
        ] as [[UInt8]])
    func namesMustBeUTF8(name: [UInt8]) {
        let json = [UInt8(ascii: "{")] + name + Array(":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}".utf8)
        #expect(throws: CheckpointError.self) { try SafetensorsHeader(json: json, dataSize: 0, file: "x") }
    }

    @Test(
        arguments: [
            ([], CheckpointError.Reason.tooShort(bytes: 3), 3),
            (SafetensorsBytes.length(1 << 63), .headerTooLong(length: 1 << 63, limit: 100_000_000), 100),
            (
                SafetensorsBytes.length(100_000_001), .headerTooLong(length: 100_000_001, limit: 100_000_000),
                200_000_000
            ),
            (SafetensorsBytes.length(.max), .headerTooLong(length: .max, limit: 100_000_000), 100),
            (SafetensorsBytes.length(93), .headerPastEnd(length: 93, available: 92), 100),
        ] as [([UInt8], CheckpointError.Reason, Int)])
    func theLengthIsCheckedBeforeAnythingIsRead(prefix: [UInt8], reason: CheckpointError.Reason, fileSize: Int) {
        #expect(throws: CheckpointError("x", reason)) {
            try SafetensorsHeader.length(prefix: prefix, fileSize: fileSize, file: "x")
        }
    }

    @Test func limitsAreInclusive() throws {
        #expect(try SafetensorsHeader.length(prefix: SafetensorsBytes.length(92), fileSize: 100, file: "x") == 92)
        let shape = "[" + String(repeating: "1,", count: 63) + "2]"
        #expect(
            try SafetensorsHeader(json: Array(Self.one("F32", shape).utf8), dataSize: 8, file: "x").entries[0].shape
                .count == 64)
    }

    @Test func entriesComeInTheOrderOfTheirBytes() throws {
        let json =
            "  {"
            + [
                SafetensorsBytes.entry("z", "F32", "[2]", "[8,16]"),
                SafetensorsBytes.entry("empty", "F64", "[0,3]", "[8,8]"),
                "\"__metadata__\":{\"format\":\"pt\"}", SafetensorsBytes.entry("a", "U8", "[8]", "[0,8]"),
                SafetensorsBytes.entry("scalar", "I16", "[]", "[16,18]"),
            ].joined(separator: ",") + "}   "
        let header = try SafetensorsHeader(json: Array(json.utf8), dataSize: 18, file: "x")
        #expect(header.entries.map(\.name) == ["a", "empty", "z", "scalar"])
        #expect(header.ranges == [0..<8, 8..<8, 8..<16, 16..<18])
        #expect(header.metadata == ["format": "pt"])
        #expect(header.entries[3].count == 1 && header.entries[1].count == 0)
    }
}
