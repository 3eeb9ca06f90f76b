import Testing
import TextNumbers

struct JSONValueAccessTests {
    private let document: JSONValue = [
        "name": "x", "on": true, "n": 3, "f": 3.0, "list": [1, 2.5], "mixed": .array([1, "a"]), "none": [],
        "o": ["k": nil],
    ]

    @Test func membersAndElementsAreFoundByNameAndPlace() {
        #expect(document["name"]?.string == "x")
        #expect(document["on"]?.bool == true)
        #expect(document["o"]?["k"]?.isNull == true)
        #expect(document["list"]?[0]?.int == 1)
        #expect(document["list"]?[1]?.double == 2.5)
        #expect(document["mixed"]?[1]?.string == "a")
        #expect(document["missing"] == nil)
        #expect(document["list"]?[2] == nil)
        #expect(document["list"]?[-1] == nil)
        #expect(document["name"]?["x"] == nil)
        #expect(document[0] == nil)
    }

    @Test func anIntegerIsOnlyWhatWasWrittenAsOne() {
        #expect(document["n"]?.int == 3)
        #expect(document["f"]?.int == nil)
        #expect(document["n"]?.double == 3)
        #expect(document["f"]?.double == 3)
        #expect(document["name"]?.double == nil)
    }

    @Test func packedNumbersExpandToElements() {
        #expect(document["list"]?.array == [.integer(1), .number(2.5)])
        #expect(document["list"]?.doubles == [1, 2.5])
        #expect(document["none"]?.doubles == [])
        #expect(document["none"]?.array == [])
        #expect(document["mixed"]?.doubles == nil)
        #expect(document["mixed"]?.array?.count == 2)
        #expect(document["list"]?.count == 2 && document["mixed"]?.count == 2 && document["o"]?.count == nil)
        #expect(
            JSONValue.numbers([0x1p53, 0x1p60, -0.0]).array == [.integer(1 << 53), .number(0x1p60), .number(-0.0)])
    }

    @Test func aListHasTheFormThatReadingGives() throws {
        #expect(JSONValue.list([1, 2.5]) == .numbers([1, 2.5]))
        #expect(JSONValue.list([1, "a"]) == .array([1, "a"]))
        #expect(JSONValue.list([]) == .array([]))
    }
}
