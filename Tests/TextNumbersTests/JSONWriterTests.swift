import Testing
import TextNumbers

struct JSONWriterTests {
    @Test(
        "writes",
        arguments: [
            (.null, "null"), (true, "true"), (false, "false"), (-7, "-7"), (.number(1), "1.0"), (0.1, "0.1"),
            (.number(1e300), "1e+300"), (.array([]), "[]"), (.object([]), "{}"), ([1, 2.5, -3], "[1,2.5,-3]"),
            (.numbers([-0.0]), "[-0.0]"), (.array([[1], "a", nil]), #"[[1],"a",null]"#),
            (["b": 1, "a": ["c": []]], #"{"b":1,"a":{"c":[]}}"#), ("", #""""#), ("\"\\/", #""\"\\/""#),
            ("\n\r\t\u{8}\u{0}\u{7F}", #""\n\r\t\u0008\u0000\u007f""#), ("é😀", "\"é😀\""), (["é\"": 1], #"{"é\"":1}"#),
        ] as [(JSONValue, String)])
    func text(_ value: JSONValue, _ text: String) throws {
        #expect(String(decoding: value.serialized, as: UTF8.self) == text)
        #expect(try JSONValue.parse(value.serialized) == value)
    }

    @Test func nonFiniteNumbersBecomeNullAndAreCounted() {
        var json = JSONWriter()
        json.array {
            $0.append(Double.nan)
            $0.append(Double.infinity)
            $0.appendFloats([1, .nan, -.infinity, 2].span)
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == "[null,null,1.0,null,null,2.0]")
        #expect(json.nonFinite == 4)
    }

    @Test(arguments: [1, 7, 500, 5_000])
    func anArrayWrittenInPiecesIsTheArrayWrittenAtOnce(_ piece: Int) {
        let values = (0..<5_000).map { Float($0) * 0.37 }
        var whole = JSONWriter()
        whole.array { $0.appendFloats(values.span) }
        var pieces = JSONWriter()
        var text: [UInt8] = []
        pieces.beginArray()
        for start in stride(from: 0, to: values.count, by: piece) {
            pieces.appendFloats(values[start..<min(start + piece, values.count)].span)
            text += pieces.takeBytes()
        }
        pieces.appendFloats([Float]().span)
        pieces.endArray()
        #expect(text + pieces.takeBytes() == whole.bytes)
    }

    @Test func structureIsWrittenWithCommasAndColons() {
        var json = JSONWriter()
        json.object {
            $0.key("a")
            $0.array {
                $0.append(1)
                $0.object { _ in }
                $0.append(json: Array("[true]".utf8))
            }
            $0.key("b")
            $0.null()
        }
        #expect(String(decoding: json.takeBytes(), as: UTF8.self) == #"{"a":[1,{},[true]],"b":null}"#)
    }

    @Test func aValueWithoutAKeyInAnObjectIsAMistakeOfTheProgram() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.object { $0.append(1) }
        }
    }

    @Test func twoValuesAtTheTopAreAMistakeOfTheProgram() async {
        await #expect(processExitsWith: .failure) {
            var json = JSONWriter()
            json.append(1)
            json.append(2)
        }
    }
}
