import HTTPTypes
import ServiceTesting
import Testing
import TextNumbers
import Web

/// What is wrong with a request is told: the status, the place, what was expected, and the nearest names.
@Suite struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let target: String
        let document: JSONValue
        let status: Int
        /// Where; empty for a problem that has no field.
        let place: String
        let says: [String]

        init(_ target: String, _ document: JSONValue, _ status: Int = 400, at place: String = "", _ says: String...) {
            (self.target, self.document, self.status, self.place, self.says) = (target, document, status, place, says)
        }

        /// Of /run.
        init(_ document: JSONValue, _ status: Int = 400, at place: String, _ says: String...) {
            (self.target, self.document, self.status, self.place, self.says) = (
                "vit/run", document, status, place, says
            )
        }

        var testDescription: String { "\(target) \(place) \(says.first ?? "")" }
    }

    private static func capturing(_ capture: JSONValue, _ more: JSONValue = [:]) -> JSONValue {
        Requests.document(more.setting("capture", to: .list([capture])))
    }

    static let names = [
        Case("vitt/predict", Requests.document(), 404, "There is no model 'vitt'; did you mean \"vit\"?"),
        Case(
            "zzzzzzzz/run", Requests.document(), 404,
            "There is no model 'zzzzzzzz'; served are vit, features, pooled; could not be loaded: broken"),
        Case(
            "features/predict", Requests.document(), 409,
            "The model 'features' has no classifier. Its features come from …/run."),
        Case(Requests.document(["inptus": []]), at: "/inptus", "unknown field \"inptus\"", "did you mean \"inputs\"?"),
        Case(Requests.document(["intervention": []]), at: "/intervention", "did you mean \"interventions\"?"),
        Case(Requests.document(["saes": []]), at: "/saes", "unknown field \"saes\""),
        Case("vit/predict", Requests.document(["topk": 3]), at: "/topk", "did you mean \"top_k\"?"),
        Case("vit/predict", Requests.document(["dry_run": true]), at: "/dry_run", "unknown field"),
        Case("vit/activations", Requests.document(["stored": true]), at: "/stored", "did you mean \"store\"?"),
        Case(Requests.document(["tower": "sound"]), at: "/tower", "expected one of \"vision\" or \"text\""),
        Case("vit/run", Requests.document(["tower": "text"]), 409, "The model 'vit' has no text tower"),
        Case("vit/attention", Requests.document(["tower": "text"]), at: "/tower", "lie over no picture"),
        Case("vit/logit-lens", Requests.document(["tower": "text"]), at: "/tower", "a direction, no classes"),
        Case("vit/attention", Requests.document(["tower": "sound"]), at: "/tower", "expected \"vision\""),
        Case("vit/attention", Requests.document(["query": 17]), at: "/query", "there is no position 17"),
        Case("pooled/attention", Requests.document(["query": "cls"]), at: "/query", "has no class token"),
        Case(
            Requests.document(["flags": ["use_attn_results": true]]), at: "/flags/use_attn_results",
            "did you mean \"use_attn_result\"?"),
        Case(Requests.document(["flags": ["use_atn_result"]]), at: "/flags/0", "did you mean \"use_attn_result\""),
        Case(
            Requests.document(["flags": ["use_attn_result": 1]]), at: "/flags/use_attn_result",
            "expected true or false, found 1"),
        Case(Requests.document(["exif": "rotate"]), at: "/exif", "expected one of \"apply\" or \"ignore\""),
        Case(Requests.document(["deterministic": "yes"]), at: "/deterministic", "expected true or false"),
        Case("vit/predict", Requests.document(["top_k": 0]), at: "/top_k", "an integer from 1 to 100000, found 0"),
        Case("vit/predict", Requests.document(["top_k": 2.5]), at: "/top_k", "an integer from 1 to 100000, found 2.5"),
        Case("vit/predict", Requests.document(["answer": 5]), at: "/answer", "there is no class 5; the model has 5"),
        Case("vit/predict", Requests.document(["answer": -1]), at: "/answer", "from 0"),
        Case(
            "vit/predict", Requests.document(["answer": "haert"]), at: "/answer",
            "no class is called 'haert'; did you mean \"heart\"?"),
        Case(
            "vit/predict", Requests.document(["answer": "zebra crossing"]), at: "/answer",
            "GET /v1/models/… lists the labels"),
        Case("vit/predict", Requests.document(["answer": ["heart"]]), at: "/answer", "expected"),
    ]

    static let hooks = [
        Case(
            capturing(["hooks": ["hook_embed", "blocks.0.hook_resid_prae"]]), at: "/capture/0/hooks/1",
            "the model has no hook 'blocks.0.hook_resid_prae'; did you mean \"blocks.0.hook_resid_pre\""),
        Case(
            capturing(["hooks": ["zzz"]]), at: "/capture/0/hooks/0",
            "the model has no hook 'zzz'; names are as in blocks.0.attn.hook_pattern"),
        Case(
            capturing(["hooks": ["blocks.7.*"]]), at: "/capture/0/hooks/0", "'blocks.7.*' matches no hook of the model"),
        Case(
            "vit/activations", Requests.document(["hooks": ["a", "b*"]]), at: "/hooks/0", "the model has no hook 'a'"),
        Case(
            capturing(["hooks": ["blocks.0.attn.hook_result"]]), at: "/capture/0/hooks/0",
            "'blocks.0.attn.hook_result' exists only with the flag 'use_attn_result'"),
        Case(
            "vit/activations", Requests.document(["hooks": ["*.hook_q_input"]]), at: "/hooks/0",
            "'blocks.0.hook_q_input' exists only with the flag 'use_split_qkv_input'"),
        Case(
            capturing(["hooks": ["blocks.1.hook_resid_pre"]], ["stop_at_layer": 1]), at: "/capture/0/hooks/0",
            "is not reached when the model stops at layer 1"),
        Case(
            capturing(["hooks": ["["]]), at: "/capture/0/hooks/0",
            "'[' is no pattern: the [ at character 1 is not closed"),
        Case(capturing(["hooks": []]), at: "/capture/0/hooks", "a list of 1 to 1024 elements"),
        Case(capturing(["hooks": "hook_embed"]), at: "/capture/0/hooks", "expected a list"),
        Case(capturing(["hooks": [""]]), at: "/capture/0/hooks/0", "1 to 512 characters"),
        Case(capturing([:]), at: "/capture/0/hooks", "required field \"hooks\" is missing"),
        Case(capturing(["hook": ["hook_embed"]]), at: "/capture/0/hook", "did you mean \"hooks\"?"),
        Case(capturing(["hooks": ["hook_embed"], "heads": [0]]), at: "/capture/0/heads", "none of the hooks"),
        Case(
            "vit/activations", Requests.document(["hooks": ["hook_embed"], "heads": [0]]), at: "/heads",
            "none of the hooks"),
        Case(
            capturing(["hooks": ["*.hook_z"], "heads": [3]]), at: "/capture/0/heads",
            "3 is outside 'blocks.0.attn.hook_z', which has 3"),
        Case(
            capturing(["hooks": ["hook_full_embed"], "positions": [17]]), at: "/capture/0/positions", "17 is outside",
            "17 of them"),
        Case(
            capturing(["hooks": ["hook_full_embed"], "positions": "first"]), at: "/capture/0/positions",
            "\"all\", \"cls\" or \"patches\""),
        Case(
            capturing(["hooks": ["hook_full_embed"], "positions": []]), at: "/capture/0/positions",
            "1 to 65536 elements"),
        Case(
            capturing(["hooks": ["hook_full_embed"], "positions": [1.5]]), at: "/capture/0/positions/0",
            "expected an integer"),
        Case(
            capturing(["hooks": ["hook_full_embed"], "reduce": ["op": "median"]]), at: "/capture/0/reduce/op",
            "\"mean\", \"norm\" or \"max\""),
        Case(
            capturing(["hooks": ["hook_full_embed"], "reduce": ["op": "mean", "over": "head"]]),
            at: "/capture/0/reduce/over",
            "expected \"position\""),
        Case(
            "pooled/run", capturing(["hooks": ["hook_full_embed"], "positions": "cls"]), at: "/capture/0/positions",
            "the model has no class token"),
        Case(
            Requests.document([
                "capture": [["hooks": ["hook_full_embed"], "positions": "cls"], ["hooks": ["hook_full_embed"]]]
            ]),
            at: "/capture/1/hooks/0", "'hook_full_embed' is already captured with another selection"),
        Case(Requests.document(["stop_at_layer": 3]), at: "/stop_at_layer", "3 is outside −2 … 2"),
        Case(Requests.document(["stop_at_layer": -3]), at: "/stop_at_layer", "-3 is outside −2 … 2"),
        Case(Requests.document(["stop_at_layer": .integer(.min)]), at: "/stop_at_layer", "is outside −2 … 2"),
        Case(Requests.document(["stop_at_layer": .integer(.max)]), at: "/stop_at_layer", "is outside −2 … 2"),
        Case(Requests.document(["stop_at_layer": 1.0e30]), at: "/stop_at_layer", "expected an integer"),
        Case(Requests.document(["stop_at_layer": "1"]), at: "/stop_at_layer", "expected an integer, found \"1\""),
    ]

    private static func sending(_ inputs: JSONValue...) -> JSONValue { ["inputs": .list(inputs)] }

    private static func tensor(_ members: JSONValue) -> JSONValue { sending(["tensor": members]) }

    static let inputs = [
        Case(["inputs": []], at: "/inputs", "no input: expected at least one picture, text or tensor"),
        Case([:], at: "/inputs", "no input"),
        Case(["inputs": [:]], at: "/inputs", "expected a list"),
        Case(
            sending([:]), at: "/inputs/0",
            "expected exactly one of \"image\", \"tensor\", \"text\" or \"tokens\", found none"),
        Case(sending(["picture": 1]), at: "/inputs/0/picture", "unknown field \"picture\""),
        Case(
            sending(["text": "a cat"]), at: "/inputs/0/text",
            "the model reads pictures and tensors; it has no text tower"),
        Case(sending(["image": "abc"]), at: "/inputs/0/image", "expected an object with one of \"base64\" or \"part\""),
        Case(sending(["image": ["url": "http://x"]]), at: "/inputs/0/image/url", "unknown field \"url\""),
        Case(sending(["image": ["base64": "AA?A"]]), at: "/inputs/0/image/base64", "not base64", "character 3"),
        Case(sending(["image": ["base64": "AAA"]]), at: "/inputs/0/image/base64", "not base64"),
        Case(sending(["image": ["base64": 7]]), at: "/inputs/0/image/base64", "expected a string"),
        Case(
            sending(["image": ["part": "a"]]), at: "/inputs/0/image/part",
            "no part of the body is named \"a\"; the body has no parts"),
        Case(
            sending(["image": ["base64": ""]]), 422, at: "/inputs/0/image",
            "the data are no picture; JPEG and PNG are read"),
        Case(
            sending(["image": ["base64": "R0lGODlhAQABAAAAACw="]]), 415, at: "/inputs/0/image",
            "the picture is a GIF, which is not read; send JPEG or PNG"),
        Case(
            sending(Requests.image(Requests.picture), Requests.image(Array("hello".utf8))), 422, at: "/inputs/1/image",
            "are no picture"),
        Case(
            sending(Requests.image(Array(Requests.picture.dropLast(400)))), 422, at: "/inputs/0/image",
            "the PNG is truncated: its data end before the picture does"),
        Case(
            sending(
                Requests.image(SmallPNG(width: 28_000, height: 28_000, rows: Array(repeating: 0, count: 20_000)).bytes)),
            413,
            at: "/inputs/0/image", "28000 × 28000 pixels, more than the limit of 50 megapixels", "limits.image_pixels"),
        Case(
            sending(Requests.image(SmallPNG(width: 1, height: 70_000, rows: Array(repeating: 0, count: 100)).bytes)),
            413,
            at: "/inputs/0/image", "no side may be longer than 65535", "limits.image_side"),
        Case(
            sending(Requests.image(SmallPNG(width: 0, height: 5, rows: []).bytes)), 422, at: "/inputs/0/image",
            "declares 0 × 5 pixels"),
        Case(
            sending(Requests.tensor(0, shape: [3, 16, 16])), at: "/inputs/0/tensor",
            "[3, 16, 16] does not fit; the model takes [3, 32, 32]"),
        Case(sending(Requests.tensor(0, shape: [1, 1, 3, 32, 32])), at: "/inputs/0/tensor", "does not fit"),
        Case(
            tensor(["datatype": "FP32", "shape": [0, 3, 32, 32], "data": []]), at: "/inputs/0/tensor", "does not fit"),
        Case(
            tensor(["datatype": "INT8", "shape": [1], "data": [1]]), at: "/inputs/0/tensor/datatype",
            "expected \"FP32\" or \"FP64\""),
        Case(tensor(["shape": [1], "data": [1]]), at: "/inputs/0/tensor/datatype", "expected \"FP32\""),
        Case(
            tensor(["datatype": "FP32", "data": [1]]), at: "/inputs/0/tensor/shape", "expected up to 8 whole numbers"),
        Case(tensor(["datatype": "FP32", "shape": [-1], "data": [1]]), at: "/inputs/0/tensor/shape", "none below 0"),
        Case(tensor(["datatype": "FP32", "shape": [1.5], "data": [1]]), at: "/inputs/0/tensor/shape", "whole numbers"),
        Case(
            tensor(["datatype": "FP32", "shape": [1e300], "data": [1]]), at: "/inputs/0/tensor/shape", "whole numbers"),
        Case(
            tensor(["datatype": "FP32", "shape": [1e9, 1e9, 1e9], "data": [1]]), at: "/inputs/0/tensor/shape",
            "has more than 268435456 elements"),
        Case(
            tensor(["datatype": "FP32", "shape": [0, 1e18], "data": []]), at: "/inputs/0/tensor/shape",
            "more than 268435456"),
        Case(
            tensor(["datatype": "FP32", "shape": [1, 1, 1, 1, 1, 1, 1, 1, 1], "data": [1]]),
            at: "/inputs/0/tensor/shape", "up to 8"),
        Case(
            tensor(["datatype": "FP32", "shape": [2], "data": [1]]), at: "/inputs/0/tensor/data",
            "1 numbers do not fill a shape of [2], which holds 2"),
        Case(
            tensor(["datatype": "FP32", "shape": [2], "data": [[1, 2]]]), at: "/inputs/0/tensor/data",
            "expected a flat list of numbers"),
        Case(
            tensor(["datatype": "FP32", "shape": [1], "data": ["1"]]), at: "/inputs/0/tensor/data",
            "expected a flat list of numbers"),
        Case(
            tensor(["datatype": "FP32", "shape": [2], "data": [1, 1e39]]), at: "/inputs/0/tensor/data/1",
            "1e+39 does not fit a 32-bit float"),
        Case(
            tensor(["datatype": "FP32", "shape": [1], "data": [1], "base64": ""]), at: "/inputs/0/tensor",
            "exactly one of \"data\" and \"base64\""),
        Case(
            tensor(["datatype": "FP32", "shape": [1]]), at: "/inputs/0/tensor", "exactly one of \"data\" and \"base64\""
        ),
        Case(
            tensor(["datatype": "FP32", "shape": [1], "base64": "AAAA"]), at: "/inputs/0/tensor/base64",
            "3 bytes do not fill [1] in FP32, which takes 4"),
        Case(
            tensor(["datatype": "FP64", "shape": [1], "base64": "AAAAAA=="]), at: "/inputs/0/tensor/base64",
            "4 bytes do not fill [1] in FP64, which takes 8"),
        Case(tensor(["datatype": "FP32", "shape": [1], "base64": "*"]), at: "/inputs/0/tensor/base64", "not base64"),
        Case(
            tensor(["datatype": "FP32", "shape": [1], "base64": 1]), at: "/inputs/0/tensor/base64", "expected a text"),
        Case(
            tensor(["datatype": "FP32", "shpe": [1], "data": [1]]), at: "/inputs/0/tensor/shpe",
            "did you mean \"shape\"?"),
        Case(tensor([[1, 2], [3]]), at: "/inputs/0/tensor/1", "expected a list of 2 numbers, as its neighbours have"),
        Case(tensor([[1, 2], 3]), at: "/inputs/0/tensor/1", "expected a list of 2 numbers"),
        Case(tensor([[[1, 2]], [[1], [2]]]), at: "/inputs/0/tensor/1", "expected a list of 1 lists"),
        Case(tensor([["a"]]), at: "/inputs/0/tensor/0", "expected"),
        Case(tensor("abc"), at: "/inputs/0/tensor", "expected a tensor"),
        Case(tensor([]), at: "/inputs/0/tensor", "does not fit"),
        Case(Requests.document(["preprocess": "no"]), at: "/preprocess", "expected true or false or an object"),
        Case(Requests.document(["preprocess": ["meen": [0, 0, 0]]]), at: "/preprocess/meen", "mean"),
        Case(
            Requests.document(["preprocess": ["mean": [0, 0]]]), at: "/preprocess/mean",
            "a list of 3 elements, each a number, found a list of 2 numbers"),
        Case(
            Requests.document(["preprocess": ["std": [1, 0, 1]]]), at: "/preprocess/std",
            "expected three positive numbers"),
        Case(Requests.document(["preprocess": ["interpolation": "best"]]), at: "/preprocess/interpolation", "bicubic"),
        Case(
            Requests.document(["preprocess": ["resize": 16, "crop": nil]]), at: "/preprocess", "[3, 16, 16]",
            "the model takes [3, 32, 32]"),
        Case(Requests.document(["preprocess": ["crop": 1_000_000]]), at: "/preprocess/crop", "8192"),
    ]

    @Test(arguments: names + hooks + inputs)
    func aBadRequestIsToldWhatIsWrong(_ example: Case) async throws {
        let answer = try await TestService.standard().post("/v1/models/\(example.target)", example.document)
        #expect(answer.status == example.status, "\(answer.text)")
        #expect(answer.head.headerFields[.contentType] == "application/problem+json")
        if !example.place.isEmpty {
            #expect(answer.fieldErrors.map(\.place).contains(example.place), "\(answer.text)")
        }
        let text = answer.detail + answer.fieldErrors.map(\.detail).joined(separator: "\n")
        for words in example.says { #expect(text.contains(words), "\(answer.text)") }
        #expect(!answer.text.contains("/tmp"))
    }

    @Test func everyWrongFieldIsTold() async throws {
        let answer = try await TestService.standard().post(
            "/v1/models/vit/run", Requests.document(["exif": 1, "dry_run": "x", "capure": [], "stop_at_layer": "x"]))
        #expect(answer.status == 400)
        #expect(Set(answer.fieldErrors.map(\.place)) == ["/exif", "/dry_run", "/capure", "/stop_at_layer"])
        #expect(answer.detail.hasSuffix("(and 3 more)"))
    }

    @Test(arguments: [
        (#"{"inputs": [}"#, 12), (#"{"a":1,}"#, 7), (#"{"a":1 "b":2}"#, 7), ("", 0), ("{", 1), (#"{"a":NaN}"#, 5),
        (#"{"a":1}x"#, 7),
        (#"{"a":"\ud800"}"#, 6), (#"{"a":1,"a":2}"#, 7), (#"{"a":01}"#, 5), (#"{"a":1e999}"#, 5),
        (String(repeating: "[", count: 65), 64), ("\u{FEFF}{}", 0), (#"{"a":"\#t"}"#, 6),
    ])
    func brokenJSONIsToldByTheByte(_ text: String, _ position: Int) async throws {
        let answer = try await TestService.standard().post(
            "/v1/models/vit/predict", Array(text.utf8), type: "application/json")
        #expect(answer.status == 400)
        #expect(answer.detail.hasPrefix("The JSON is broken at byte \(position):"), "\(text): \(answer.detail)")
    }

    @Test func textThatIsNoUTF8IsBroken() async throws {
        let answer = try await TestService.standard().post(
            "/v1/models/vit/predict", Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8), type: "application/json")
        #expect(answer.status == 400)
        #expect(answer.detail.hasPrefix("The JSON is broken at byte 6:"))
    }

    @Test(arguments: [
        ("text/plain", "\"text/plain\" is not taken here"), ("image/gif", "\"image/gif\" is not taken here"),
        ("image", "is not a media type"), ("application/octet-stream", "is not taken here"),
    ])
    func aBodyOfAnotherKindIs415WithTheList(_ type: String, _ says: String) async throws {
        let answer = try await TestService.standard().post("/v1/models/vit/predict", Requests.picture, type: type)
        #expect(answer.status == 415)
        #expect(answer.detail.contains(says))
        let accepted = try #require(try answer.json["accepted"]?.array).compactMap(\.string)
        #expect(
            accepted == [
                "application/json", "multipart/form-data", "image/png", "image/jpeg", "application/x-safetensors",
            ])
        #expect(answer.head.headerFields[.accept] == accepted.joined(separator: ", "))
    }

    @Test func aBodyWithoutItsTypeOrOfAnUnknownCodingIs415() async throws {
        let service = try await TestService.standard()
        let untyped = try await service.application.ask(.post, "/v1/models/vit/predict", body: Requests.picture)
        #expect(untyped.status == 415 && untyped.detail.contains("without Content-Type"))
        let coded = try await service.post(
            "/v1/models/vit/predict", Requests.picture, type: "image/png", fields: [.contentEncoding: "br"])
        #expect(coded.status == 415 && coded.detail.contains("Content-Encoding \"br\""))
    }

    @Test(arguments: ["0", "-5", "abc", "1.5", "3600001", ""])
    func aDeadlineThatIsNoneIsRefused(_ text: String) async throws {
        let field = try #require(HTTPField.Name("Prisma-Deadline-Ms"))
        let answer = try await TestService.standard().post(
            "/v1/models/vit/predict", Requests.document(), fields: [field: text])
        #expect(answer.status == 400)
        #expect(answer.detail.contains("expected milliseconds, from 1 to 3600000"))
    }
}
