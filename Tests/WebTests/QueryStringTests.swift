import Testing
import TextNumbers

@testable import Web

struct QueryStringTests {
    @Test(
        "reads",
        arguments: [
            ("", []), ("a=1", [["a", "1"]]), ("a=1&b=2", [["a", "1"], ["b", "2"]]), ("a", [["a", ""]]),
            ("a=", [["a", ""]]),
            ("&&a=1&", [["a", "1"]]), ("a=1=2", [["a", "1=2"]]), ("a=x+y%2Bz", [["a", "x y+z"]]),
            ("%61=%C3%A9", [["a", "é"]]),
            ("a=%7B%22x%22:1%7D", [["a", "{\"x\":1}"]]),
        ])
    func pairs(_ text: String, _ expected: [[String]]) throws {
        #expect(try QueryString(text[...]).pairs.map { [$0.name, $0.value] } == expected)
    }

    @Test("refuses", arguments: ["a=%", "a=%4", "a=%gg", "%=1", "a=%00", "a=%ff", "a=%0a"])
    func malformed(_ text: String) {
        #expect(throws: Problem.self) { try QueryString(text[...]) }
    }

    struct Page: Sendable, Equatable {
        var limit: Int
        var names: [String]?
        var exact: Bool?
        var scale: Double?
        var mode: String?
    }

    private static let form = Form.object(
        fields: Field("limit", .integer(1...100), default: 20, "How many."),
        Field(optional: "names", .list(of: .string), ""),
        Field(optional: "exact", .boolean, ""), Field(optional: "scale", .number, ""),
        Field(optional: "mode", .string, ""),
        make: Page.init)

    @Test(
        "becomes what the form wants",
        arguments: [
            ("", Page(limit: 20)), ("limit=3", Page(limit: 3)),
            ("names=a,b", Page(limit: 20, names: ["a", "b"])),
            ("names=a&names=b,3", Page(limit: 20, names: ["a", "b", "3"])),
            ("exact=true&scale=0.5", Page(limit: 20, exact: true, scale: 0.5)), ("scale=2", Page(limit: 20, scale: 2)),
            ("mode=3", Page(limit: 20, mode: "3")), ("mode=true", Page(limit: 20, mode: "true")),
        ])
    func typed(_ text: String, _ page: Page) throws {
        #expect(try Self.form.read(try QueryString(text[...])) == page)
    }

    @Test(
        "refuses by name",
        arguments: [
            ("limit=x", "the parameter \"limit\": expected an integer from 1 to 100, found \"x\""),
            ("limit=0", "the parameter \"limit\": expected an integer from 1 to 100, found 0"),
            ("limit=1.5", "the parameter \"limit\": expected an integer from 1 to 100, found \"1.5\""),
            ("exact=yes", "the parameter \"exact\": expected true or false, found \"yes\""),
            ("limit=3&limit=4", "the parameter \"limit\": it is there more than once: expected one value"),
            ("mode=a&mode=a", "the parameter \"mode\": it is there more than once: expected one value"),
            ("limt=3", "the parameter \"limt\": unknown parameter \"limt\"; did you mean \"limit\"?"),
        ])
    func refused(_ text: String, _ detail: String) {
        let problem = #expect(throws: Problem.self) { try Self.form.read(try QueryString(text[...])) }
        #expect(problem?.detail == detail)
    }
}
