import Testing
import TextNumbers

struct JSONParserTests {
    @Test("reads", arguments: Accepted.all)
    func accepts(_ example: Accepted) throws {
        #expect(try JSONValue.parse(Array(example.text.utf8)) == example.value)
    }

    @Test("refuses, and says where", arguments: Refused.all)
    func refuses(_ example: Refused) {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(example.bytes) }
        #expect(error?.position == example.position, "\(error?.reason ?? "")")
        #expect(error?.reason.contains(example.reason) == true, "\(error?.reason ?? "")")
    }

    @Test(arguments: [1, 2, 64])
    func nestsAsDeepAsAllowedAndNotOneLevelDeeper(_ depth: Int) throws {
        let nested = { (levels: Int) in
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        _ = try JSONValue.parse(nested(depth), maximumDepth: depth)
        #expect(throws: JSONError(position: depth, reason: "nested deeper than \(depth) levels")) {
            try JSONValue.parse(nested(depth + 1), maximumDepth: depth)
        }
    }

    @Test func aMillionBracketsDoNotExhaustTheStack() {
        let error = #expect(throws: JSONError.self) { try JSONValue.parse([UInt8](repeating: 0x5B, count: 1_000_000)) }
        #expect(error?.position == 64)
    }

    @Test func valuesAreCountedButPackedNumbersAreOne() throws {
        _ = try JSONValue.parse(Array("[[1,2,3,4],{},{}]".utf8), maximumValues: 4)
        #expect(throws: JSONError.self) { try JSONValue.parse(Array("[[1,2,3,4],{},{}]".utf8), maximumValues: 3) }
    }

    @Test(arguments: [2, 15, 16, 17, 40])
    func aDuplicateKeyIsFoundAmongFewAndMany(_ count: Int) throws {
        let keys = (0..<count).map { "\"k\($0)\":\($0)" }
        let text = "{" + (keys + ["\"k1\":99"]).joined(separator: ",") + "}"
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8)) }
        #expect(error?.position == text.utf8.count - "\"k1\":99}".utf8.count)
        let last = try JSONValue.parse(Array(text.utf8), duplicateKeys: .lastWins)
        #expect(last["k1"] == .integer(99))
        #expect(last.object?.count == count)
    }

    @Test func aRefusalAtEveryCutOfADocumentIsNeverACrash() {
        let whole = Array(#"{"a":[1,2.5e-3,"x\u00e9\ud83d\ude00"],"b":{"c":null,"d":[true,false,[]]},"é":"ü"}"#.utf8)
        for end in 0..<whole.count {
            #expect(throws: JSONError.self) { try JSONValue.parse(Array(whole[..<end])) }
        }
        #expect(throws: Never.self) { try JSONValue.parse(whole) }
    }

    @Test func everyFlippedByteIsReadOrRefusedWithinTheText() {
        let whole = Array(#"{"a":[1,2.5e-3,"x\u00e9"],"b":{"c":null,"d":[true,-0.0,[]]},"é":"ü"}"#.utf8)
        for place in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var text = whole
                text[place] = byte
                do { _ = try JSONValue.parse(text) } catch { #expect((0...text.count).contains(error.position)) }
            }
        }
    }
}

struct Accepted: Sendable, CustomTestStringConvertible {
    let text: String
    let value: JSONValue
    var testDescription: String { text }

    init(_ text: String, _ value: JSONValue) {
        self.text = text
        self.value = value
    }

    static let all: [Accepted] = scalars + numbers + strings + containers

    private static let scalars: [Accepted] = [
        .init("null", .null), .init("true", .bool(true)), .init("false", .bool(false)),
        .init(" \t\r\nnull\n ", .null), .init("0", .integer(0)), .init("-0", .integer(0)), .init("7", .integer(7)),
        .init("-12", .integer(-12)), .init("9223372036854775807", .integer(.max)),
        .init("-9223372036854775808", .integer(.min)), .init("9223372036854775808", .number(0x1p63)),
        .init("-9223372036854775809", .number(-0x1p63)), .init("18446744073709551615", .number(0x1p64)),
        .init("100000000000000000000", .number(1e20)),
    ]

    private static let numbers: [Accepted] = [
        .init("0.0", .number(0)), .init("1.0", .number(1)), .init("-1.5", .number(-1.5)), .init("1e0", .number(1)),
        .init("1E5", .number(1e5)), .init("1e+5", .number(1e5)), .init("1e-5", .number(1e-5)),
        .init("0e0", .number(0)), .init("0e999999999999", .number(0)), .init("0.1", .number(0.1)),
        .init("0.30000000000000004", .number(0.30000000000000004)),
        .init("2.2250738585072014e-308", .number(2.2250738585072014e-308)),
        .init("4.9e-324", .number(.leastNonzeroMagnitude)), .init("1e-999", .number(0)),
        .init("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
        .init("9007199254740993.0", .number(9_007_199_254_740_992)),
        .init("123456789012345678e-5", .number(1234567890123.45678)),
        .init("1e22", .number(1e22)), .init("1e23", .number(1e23)),
        .init("0.00000000000000000000000000000000000001", .number(1e-38)),
        .init("8.41849e-6", .number(8.41849e-6)), .init("179769313486231570000e288", .number(.greatestFiniteMagnitude)),
    ]

    private static let strings: [Accepted] = [
        .init(#""""#, .string("")), .init(#""a b""#, .string("a b")),
        .init(#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        .init(#""\u0041""#, .string("A")), .init(#""\u00e9\u00E9""#, .string("éé")), .init(#""\u0000""#, .string("\0")),
        .init(#""\ud83d\ude00""#, .string("😀")), .init(#""😀é漢""#, .string("😀é漢")),
        .init(#""\uFFFF""#, .string("\u{FFFF}")),
        .init("\"\u{7F}\"", .string("\u{7F}")), .init("\"\u{2028}\"", .string("\u{2028}")),
        .init(#""\udbff\udfff""#, "\u{10FFFF}"),
    ]

    private static let containers: [Accepted] = [
        .init("[]", .array([])), .init("[ ]", .array([])), .init("{}", .object([])), .init("{ }", .object([])),
        .init("[1]", .numbers([1])), .init("[ 1 , 2.5 ,\n-3e2 ]", .numbers([1, 2.5, -300])),
        .init("[9223372036854775807]", .numbers([0x1p63])),
        .init("[[1,2],[3,4]]", .array([.numbers([1, 2]), .numbers([3, 4])])),
        .init("[[[]]]", .array([.array([.array([])])])),
        .init("[1,\"a\"]", .array([.integer(1), .string("a")])),
        .init("[1,2.0,null]", .array([.integer(1), .number(2), .null])),
        .init("[1,[2]]", .array([.integer(1), .numbers([2])])), .init("[true,1]", .array([.bool(true), .integer(1)])),
        .init(#"{"a":1}"#, .object([JSONMember("a", .integer(1))])),
        .init(#"{"b":[],"a":{}}"#, .object([JSONMember("b", .array([])), JSONMember("a", .object([]))])),
        .init(#"{"":0,"é":[0.5]}"#, .object([JSONMember("", .integer(0)), JSONMember("é", .numbers([0.5]))])),
        .init(#" { "a" : "b" , "c" : null } "#, .object([JSONMember("a", "b"), JSONMember("c", .null)])),
    ]
}

struct Refused: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let position: Int
    let reason: String
    var testDescription: String { String(decoding: bytes, as: UTF8.self) }

    init(_ text: String, _ position: Int, _ reason: String) { self.init(bytes: Array(text.utf8), position, reason) }

    init(bytes: [UInt8], _ position: Int, _ reason: String) {
        self.bytes = bytes
        self.position = position
        self.reason = reason
    }

    static let all: [Refused] = structure + numbers + strings + utf8

    private static let structure: [Refused] = [
        .init("", 0, "ends where a value"), .init("  ", 2, "ends where a value"), .init("nul", 3, "expected null"),
        .init("nulL", 3, "expected null"), .init("True", 0, "expected a value"), .init("truth", 3, "expected true"),
        .init("fals", 4, "expected false"), .init("NaN", 0, "expected a value"), .init("nan", 1, "expected null"),
        .init("Infinity", 0, "expected a value"), .init("undefined", 0, "expected a value"),
        .init("null null", 5, "has ended"), .init("{}x", 2, "has ended"), .init("1 2", 2, "has ended"),
        .init("[1]]", 3, "has ended"), .init("nullnull", 4, "has ended"), .init("{}\0", 2, "has ended"),
        .init("[", 1, "ends where a value"), .init("]", 0, "expected a value"), .init("[1", 2, "expected ','"),
        .init("[1,", 3, "ends where a value"), .init("[1,]", 3, "expected a value"),
        .init("[,1]", 1, "expected a value"),
        .init("[1,,2]", 3, "expected a value"), .init("[1 2]", 3, "expected ','"), .init("[1}", 2, "expected ','"),
        .init("[null,]", 6, "expected a value"), .init("[1:2]", 2, "expected ','"),
        .init("{", 1, "expected a key"), .init("}", 0, "expected a value"), .init("{a:1}", 1, "expected a key"),
        .init("{'a':1}", 1, "expected a key"), .init("{1:1}", 1, "expected a key"), .init("{\"a\"}", 4, "expected ':'"),
        .init("{\"a\" 1}", 5, "expected ':'"), .init("{\"a\":}", 5, "expected a value"),
        .init("{\"a\":1", 6, "expected ',' or '}'"), .init("{\"a\":1,}", 7, "expected a key"),
        .init("{\"a\":1,,}", 7, "expected a key"), .init("{,}", 1, "expected a key"),
        .init("{\"a\":1]", 6, "expected ',' or '}'"),
        .init("{\"a\":1,\"a\":2}", 7, "stands twice"), .init("{\"a\":1,\"\\u0061\":2}", 7, "stands twice"),
        .init("[1,//x\n2]", 3, "expected a value"), .init("/* */1", 0, "expected a value"),
        .init("#1", 0, "expected a value"),
        .init("[\u{A0}1]", 1, "expected a value"), .init("\u{FEFF}1", 0, "expected a value"),
        .init("\u{C}1", 0, "expected a value"),
        .init("'a'", 0, "expected a value"), .init("`a`", 0, "expected a value"), .init("\\", 0, "expected a value"),
    ]

    private static let numbers: [Refused] = [
        .init("01", 0, "begin with 0"), .init("-01", 1, "begin with 0"), .init("00", 0, "begin with 0"),
        .init("[1,01]", 3, "begin with 0"), .init("+1", 0, "expected a value"), .init("-", 1, "expected a digit"),
        .init("--1", 1, "expected a digit"), .init("-a", 1, "expected a digit"),
        .init("-Infinity", 1, "expected a digit"),
        .init(".5", 0, "expected a value"), .init("-.5", 1, "expected a digit"),
        .init("1.", 2, "after the decimal point"),
        .init("1.e5", 2, "after the decimal point"), .init("[1.]", 3, "after the decimal point"),
        .init("1.2.3", 3, "has ended"),
        .init("1e", 2, "in the exponent"), .init("1e+", 3, "in the exponent"), .init("1e-", 3, "in the exponent"),
        .init("1e5.5", 3, "has ended"), .init("1ee5", 2, "in the exponent"), .init("0x10", 1, "has ended"),
        .init("1_000", 1, "has ended"), .init("1e309", 0, "does not fit"), .init("-1e309", 0, "does not fit"),
        .init("1.8e308", 0, "does not fit"), .init("[0,1e999999999999999999999]", 3, "does not fit"),
        .init("1f", 1, "has ended"), .init("１", 0, "expected a value"), .init("[-]", 2, "expected a digit"),
        .init(String(repeating: "1", count: 4_097), 0, "longer than 4096"),
    ]

    private static let strings: [Refused] = [
        .init("\"", 0, "never ends"), .init("\"abc", 0, "never ends"), .init("[\"a", 1, "never ends"),
        .init(#""\""#, 0, "never ends"), .init("\"a\nb\"", 2, "control character"),
        .init("\"\t\"", 1, "control character"),
        .init("\"\0\"", 1, "control character"), .init("\"\u{1F}\"", 1, "control character"),
        .init(#""\x41""#, 2, "no such escape"), .init(#""\a""#, 2, "no such escape"),
        .init(#""\'""#, 2, "no such escape"),
        .init(#""\U0041""#, 2, "no such escape"), .init(#""\u""#, 3, "four hexadecimal"),
        .init(#""\u12""#, 5, "four hexadecimal"),
        .init(#""\u12g4""#, 5, "four hexadecimal"), .init(#""\u+123""#, 3, "four hexadecimal"),
        .init(#""\u 123""#, 3, "four hexadecimal"),
        .init(#""\ud800""#, 1, "surrogate"), .init(#""a\udc00""#, 2, "surrogate"),
        .init(#""\ud800\u0041""#, 1, "surrogate"),
        .init(#""\ud800x""#, 1, "surrogate"), .init(#""\ud800\n""#, 1, "surrogate"),
        .init(#""\ud800\ud800""#, 1, "surrogate"),
        .init(#""\udc00\ud800""#, 1, "surrogate"), .init(#""\ud83d\u""#, 9, "four hexadecimal"),
        .init(#"{"\ud800":1}"#, 2, "surrogate"),
    ]

    private static let utf8: [Refused] = [
        .init(bytes: [0x22, 0x80, 0x22], 1, "not UTF-8"), .init(bytes: [0x22, 0x61, 0xFF, 0x22], 2, "not UTF-8"),
        .init(bytes: [0x22, 0xC0, 0xAF, 0x22], 1, "not UTF-8"), .init(bytes: [0x22, 0xC3, 0x22], 1, "not UTF-8"),
        .init(bytes: [0x22, 0xE2, 0x82, 0x22], 1, "not UTF-8"),
        .init(bytes: [0x22, 0xED, 0xA0, 0x80, 0x22], 1, "not UTF-8"),
        .init(bytes: [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1, "not UTF-8"),
        .init(bytes: [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], 1, "not UTF-8"),
        .init(bytes: [0xFF, 0xFE, 0x31, 0x00], 0, "expected a value"), .init(bytes: [0x31, 0x00], 1, "has ended"),
    ]
}
