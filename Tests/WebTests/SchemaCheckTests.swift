import Testing
import TextNumbers
import Web

struct SchemaCheckTests {
    @Test("takes", arguments: taken) func takes(_ schema: Schema, _ value: JSONValue) {
        #expect(schema.mismatches(in: value) == [])
    }

    private static let taken: [(Schema, JSONValue)] = [
        (.any, nil), (.any, [1, 2]), (.null, nil), (.boolean, false), (.integer, -3), (.integer(0...5), 5),
        (.number, 3), (.number, 3.5), (.number(0...1), 1), (.string, ""), (Schema(.string(length: 2...3)), "é😀"),
        (.choice(["a", "b"]), "b"), (.list(.integer), []), (.list(.integer), [1, 2]),
        (.list(.string, count: 1...2), ["a"]),
        (.map(.integer), [:]), (.map(.integer), ["x": 1]), (.object(properties: []), [:]),
        (.object(properties: [.init("a", .integer), .init("b", .string, isRequired: false)]), ["a": 1]),
        (.either(.integer, .string), "x"), (.either(.list(.integer), .choice(["all"])), [1]), (.integer.nullable, nil),
    ]

    @Test("refuses in words", arguments: refused)
    func refuses(_ schema: Schema, _ value: JSONValue, _ pointer: String, _ detail: String) {
        let mismatches = schema.mismatches(in: value)
        #expect(mismatches.first?.detail == detail)
        #expect(mismatches.first.map(Self.pointer) == pointer)
    }

    private static func pointer(_ error: FieldError) -> String {
        if case .pointer(let pointer) = error.place { pointer.description } else { "?" }
    }

    private static let pair: Schema = .object(properties: [
        .init("top_k", .integer(1...9)), .init("mode", .choice(["fast", "slow"]), isRequired: false),
    ])

    private static let refused: [(Schema, JSONValue, String, String)] = [
        (.null, 0, "", "expected null, found 0"),
        (.boolean, "true", "", "expected true or false, found \"true\""),
        (.integer, 1.5, "", "expected an integer, found 1.5"),
        (.integer, .number(2), "", "expected an integer, found 2.0"),
        (.integer, nil, "", "expected an integer, found null"),
        (.integer(1...1000), 5000, "", "expected an integer from 1 to 1000, found 5000"),
        (.integer(1...Int.max), 0, "", "expected an integer of at least 1, found 0"),
        (.integer(3...3), 0, "", "expected an integer of 3, found 0"),
        (.number, "x", "", "expected a number, found \"x\""),
        (.number(0...1), 1.5, "", "expected a number from 0.0 to 1.0, found 1.5"),
        (.string, [1], "", "expected a string, found a list of 1 number"),
        (.string, [1, 2], "", "expected a string, found a list of 2 numbers"),
        (.string, ["a"], "", "expected a string, found a list of 1"),
        (.string, [], "", "expected a string, found an empty list"),
        (.string, [:], "", "expected a string, found an object"),
        (Schema(.string(length: 1...3)), "abcd", "", "expected a string of 1 to 3 characters, found \"abcd\""),
        (
            .choice(["mean", "norm"]), "men", "",
            "expected one of \"mean\" or \"norm\", found \"men\"; did you mean \"mean\"?"
        ),
        (.choice(["mean", "norm"]), "zzzzz", "", "expected one of \"mean\" or \"norm\", found \"zzzzz\""),
        (.choice(["mean"]), 3, "", "expected \"mean\", found 3"),
        (.list(.integer), 3, "", "expected a list, each an integer, found 3"),
        (.list(.integer), .array([1, "a"]), "/1", "expected an integer, found \"a\""),
        (.list(.any, count: 1...2), [], "", "expected a list of 1 to 2 elements, found an empty list"),
        (.list(.list(.integer)), .array([[1], ["x"]]), "/1/0", "expected an integer, found \"x\""),
        (.map(.integer), ["a/b": "x"], "/a~1b", "expected an integer, found \"x\""),
        (.map(.integer), 3, "", "expected an object, found 3"),
        (pair, [:], "/top_k", "required field \"top_k\" is missing; expected an integer from 1 to 9"),
        (pair, ["topk": 3], "/topk", "unknown field \"topk\"; did you mean \"top_k\"?"),
        (pair, ["top_k": 1, "zebra": 3], "/zebra", "unknown field \"zebra\"; known here: top_k and mode"),
        (
            pair, ["top_k": 1, "mode": "fats"], "/mode",
            "expected one of \"fast\" or \"slow\", found \"fats\"; did you mean \"fast\"?"
        ),
        (pair, 3, "", "expected an object with top_k and mode, found 3"),
        (.either(.integer, .choice(["all"])), 1.5, "", "expected an integer or \"all\", found 1.5"),
        (.either(.integer, .choice(["all"])), "al", "", "expected \"all\", found \"al\"; did you mean \"all\"?"),
        (.either(.list(.integer), .string), .array(["x"]), "/0", "expected an integer, found \"x\""),
        (.integer.nullable, "x", "", "expected an integer or null, found \"x\""),
    ]

    @Test func everyMismatchIsNamed() {
        #expect(Self.pair.mismatches(in: ["mode": 3, "x": 1, "y": 2]).count == 4)
    }

    @Test func aLongOrControllingWordIsShownSafely() {
        let shown = Schema.integer.mismatches(in: .string("a\nb" + String(repeating: "x", count: 100)))
        #expect(shown.first?.detail == "expected an integer, found \"a\u{FFFD}b\(String(repeating: "x", count: 61))…\"")
    }
}
