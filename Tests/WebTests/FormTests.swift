import Testing
import TextNumbers
import Web

struct FormTests {
    enum Mode: String, CaseIterable, Sendable { case fast, slow }

    struct Sample: Sendable, Equatable {
        var inputs: [Int]
        var topK: Int
        var mode: Mode
        var scale: Double?
        var tensor: JSONValue?
    }

    static let sample = Form.object(
        "Sample", "Something to run.",
        fields: Field("inputs", .list(of: .integer(0...9), count: 1...3), "What to run."),
        Field("top_k", .integer(1...1000), default: 5, "How many."),
        Field("mode", .choice(of: Mode.self), default: "fast", "How."),
        Field(optional: "scale", .number(0...1), "How much."),
        Field(optional: "tensor", .json, "Taken as it is."),
        make: Sample.init)

    @Test func fieldsAreReadAndDefaultsFilledIn() throws {
        let full: JSONValue = ["inputs": [1, 2], "top_k": 7, "mode": "slow", "scale": 0.5, "tensor": [1.5, 2]]
        #expect(
            try Self.sample.read(full)
                == Sample(inputs: [1, 2], topK: 7, mode: .slow, scale: 0.5, tensor: .numbers([1.5, 2])))
        #expect(try Self.sample.read(["inputs": [0]]) == Sample(inputs: [0], topK: 5, mode: .fast))
    }

    @Test func everyWrongFieldIsNamedAtOnce() throws {
        let problem = #expect(throws: Problem.self) {
            try Self.sample.read(["inputs": .array([1, "x", 12]), "topk": 3, "mode": "fats", "scale": 2])
        }
        let pairs = problem?.json(instance: "")["errors"]?.array?.map {
            [$0["pointer"]?.string, $0["detail"]?.string].compactMap { $0 }
        }
        #expect(
            pairs == [
                ["/topk", "unknown field \"topk\"; did you mean \"top_k\"?"],
                ["/inputs/1", "expected an integer from 0 to 9, found \"x\""],
                ["/inputs/2", "expected an integer from 0 to 9, found 12"],
                ["/mode", "expected one of \"fast\" or \"slow\", found \"fats\"; did you mean \"fast\"?"],
                ["/scale", "expected a number from 0.0 to 1.0, found 2"],
            ])
    }

    @Test(
        "refuses",
        arguments: [
            (nil, "the document: expected an object with inputs, top_k, mode, scale and tensor, found null"),
            (
                [:],
                "/inputs: required field \"inputs\" is missing; expected a list of 1 to 3 elements, each an integer from 0 to 9"
            ),
            (
                ["inputs": []],
                "/inputs: expected a list of 1 to 3 elements, each an integer from 0 to 9, found an empty list"
            ),
            (["inputs": [1], "scale": nil], "/scale: expected a number from 0.0 to 1.0, found null"),
            (["inputs": [1], "top_k": 0], "/top_k: expected an integer from 1 to 1000, found 0"),
        ] as [(JSONValue, String)])
    func refuses(_ document: JSONValue, _ detail: String) {
        let problem = #expect(throws: Problem.self) { try Self.sample.read(document) }
        #expect(problem?.detail == detail)
    }

    @Test func theSchemaIsWhatIsRead() {
        #expect(Self.sample.schema.mismatches(in: ["inputs": [1], "tensor": ["a": 1]]).isEmpty)
        #expect(Self.sample.schema.mismatches(in: ["inputs": [1], "top_k": 0]).count == 1)
    }

    // MARK: One key

    enum Input: Sendable, Equatable { case image(String), tokens([Int]) }

    static let input = Form<Input>.oneKey(
        "Input", "One input.", Variant("image", .string, "A picture.", make: Input.image),
        Variant("tokens", .list(of: .integer), "Ids.", make: Input.tokens))

    @Test func oneKeyTellsWhatItIs() throws {
        #expect(try Self.input.read(["image": "x"]) == .image("x"))
        #expect(try Self.input.read(["tokens": [1, 2]]) == .tokens([1, 2]))
    }

    @Test(
        "one key refuses",
        arguments: [
            (3, "the document: expected an object with one of \"image\" or \"tokens\", found 3"),
            ([:], "the document: expected exactly one of \"image\" or \"tokens\", found none"),
            (
                ["image": "x", "tokens": []],
                "the document: expected exactly one of \"image\" or \"tokens\", found \"image\" and \"tokens\""
            ),
            (["imag": "x"], "/imag: unknown field \"imag\"; did you mean \"image\"? (and 1 more)"),
            (["image": "x", "more": 1], "/more: unknown field \"more\"; known here: image and tokens"),
            (["tokens": ["a"]], "/tokens/0: expected an integer, found \"a\""),
        ] as [(JSONValue, String)])
    func oneKeyRefuses(_ document: JSONValue, _ detail: String) {
        let problem = #expect(throws: Problem.self) { try Self.input.read(document) }
        #expect(problem?.detail == detail)
    }

    // MARK: Alternatives

    enum Positions: Sendable, Equatable { case these([Int]), word(String) }

    static let positions = Form<Positions>.either(
        Form.list(of: .integer).map(Positions.these), Form.choice(["cls", "all"]).map(Positions.word))

    @Test func theAlternativeThatFitsIsTaken() throws {
        #expect(try Self.positions.read([1, 2]) == .these([1, 2]))
        #expect(try Self.positions.read("cls") == .word("cls"))
    }

    @Test(
        "alternatives refuse",
        arguments: [
            (3, "the document: expected a list, each an integer or one of \"cls\" or \"all\", found 3"),
            (["x"], "/0: expected an integer, found \"x\""),
            ("clss", "the document: expected one of \"cls\" or \"all\", found \"clss\"; did you mean \"cls\"?"),
        ] as [(JSONValue, String)])
    func alternativesRefuse(_ document: JSONValue, _ detail: String) {
        let problem = #expect(throws: Problem.self) { try Self.positions.read(document) }
        #expect(problem?.detail == detail)
    }

    @Test func aCheckedMapRefusesInItsOwnWords() {
        let even = Form.integer.map(checking: { value throws(Mismatch) -> Int in
            if value % 2 != 0 { throw Mismatch("\(value) is odd") }
            return value
        })
        #expect(throws: Never.self) { try even.read(4) }
        let problem = #expect(throws: Problem.self) { try even.read(3) }
        #expect(problem?.detail == "the document: 3 is odd")
    }

    @Test func numbersComeAsTheyArePacked() throws {
        #expect(try Form.numbers().read([1, 2.5]) == [1, 2.5])
        #expect(try Form.numbers().read([]) == [])
        #expect(try Form.numbers().read(.numbers([Double](repeating: 0, count: 100_000))).count == 100_000)
        let problem = #expect(throws: Problem.self) { try Form.numbers(count: 1...2).read([1, 2, 3]) }
        #expect(
            problem?.detail
                == "the document: expected a list of 1 to 2 elements, each a number, found a list of 3 numbers")
        #expect(throws: Problem.self) { try Form.numbers().read(.array([1, "a"])) }
    }

    @Test func aListWithoutABoundIsBoundedAllTheSame() throws {
        let long = JSONValue.numbers([Double](repeating: 0, count: 65_537))
        let problem = #expect(throws: Problem.self) { try Form.list(of: .integer).read(long) }
        #expect(problem?.detail == "the document: expected a list of at most 65536 elements, found 65537")
    }

    @Test func errorsAreCountedSoThatNoListMakesAMillion() throws {
        let wrong = JSONValue.numbers([Double](repeating: 0.5, count: 60_000))
        let lists = Form.object(
            fields: Field("a", .list(of: .integer), ""), Field("b", .list(of: .integer), ""), make: { $0 + $1 })
        let problem = #expect(throws: Problem.self) { try lists.read(["a": wrong, "b": wrong]) }
        #expect(problem?.errors.count == 32)
        let strangers = JSONValue.object((0..<5_000).map { JSONMember("x\($0)", 1) })
        #expect(throws: Problem.self) { try lists.read(strangers) }
        #expect(lists.schema.mismatches(in: ["a": wrong, "b": [1]]).count == 32)
    }

    @Test func nullStandsForNothingWhereItMay() throws {
        #expect(try Form.integer.nullable.read(nil) == nil)
        #expect(try Form.integer.nullable.read(3) == 3)
    }

    @Test func aDefaultThatItsFormRefusesIsAMistakeOfTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = Field("k", Form.integer(1...9), default: 10, "") }
    }

    @Test func aFieldDeclaredTwiceIsAMistakeOfTheProgram() async {
        await #expect(processExitsWith: .failure) {
            _ = Form.object(fields: Field("a", .integer, ""), Field("a", .integer, ""), make: { $0 + $1 })
        }
    }
}
