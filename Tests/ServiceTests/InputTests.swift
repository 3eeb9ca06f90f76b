import Checkpoints
import HTTPTypes
import Imaging
import Service
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

/// However a picture comes in, the model is shown the same.
@Suite struct InputTests {
    /// What went into the model, [input] + its shape.
    private func pixels(_ answer: Answer) throws -> Tensor {
        let tensors = try SafetensorsBytes(answer.bytes, name: "the answer")
        return try tensors.tensor(named: "pixel_values")
    }

    private let wish: JSONValue = ["capture": [["hooks": ["pixel_values"]]]]
    private let target = "/v1/models/vit/run"
    private let safetensors = Requests.accepting("application/x-safetensors")

    private func expected(_ bytes: [UInt8], _ preprocessing: Preprocessing? = nil, exif: ExifHandling = .apply) throws
        -> [Float]
    {
        let own = Preprocessing(
            resizing: .exact(height: 32, width: 32), mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
        return try (preprocessing ?? own)(Pixels(decoding: bytes, exif: exif)).elements
    }

    private func query() -> String {
        "?request="
            + String(decoding: wish.serialized, as: UTF8.self).utf8.map { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }.joined()
    }

    @Test func everyWayOfSendingGivesTheSamePixels() async throws {
        let service = try await TestService.standard()
        let bytes = Requests.picture
        let expected = try expected(bytes)
        let answers = [
            try await service.post(target, Requests.document(wish), fields: safetensors),
            try await service.post(target + query(), bytes, type: "image/png", fields: safetensors),
            // The bytes say what they are, whatever the type claims.
            try await service.post(target + query(), bytes, type: "image/jpeg", fields: safetensors),
            try await service.post(target, MultipartBody().document(wish).file("image", bytes), fields: safetensors),
            try await service.post(target, MultipartBody().file("image", bytes).document(wish), fields: safetensors),
            try await service.post(target + query(), MultipartBody().file("image", bytes), fields: safetensors),
            try await service.post(
                target,
                MultipartBody().document(wish.setting("inputs", to: [["image": ["part": "mine"]]])).file("mine", bytes),
                fields: safetensors),
        ]
        for (index, answer) in answers.enumerated() {
            #expect(answer.status == 200, "\(index): \(answer.text)")
            #expect(try pixels(answer).elements == expected, "\(index)")
        }
    }

    @Test func tensorsAreTakenAsTheyAre() async throws {
        let service = try await TestService.standard()
        var generator = SeededGenerator(seed: 3)
        let values = generator.floats(2 * 3 * 32 * 32)
        let single = Array(values.prefix(3 * 32 * 32))
        let little = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        let wide = values.flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: Double(value).bitPattern >> (8 * UInt64($0))) }
        }
        let shape: JSONValue = [2, 3, 32, 32]
        let nested = JSONValue.array(
            (0..<3).map { channel in
                .array(
                    (0..<32).map { row in .numbers((0..<32).map { Double(single[(channel * 32 + row) * 32 + $0]) }) })
            })
        let forms: [(JSONValue, [Float])] = [
            (["datatype": "FP32", "shape": shape, "data": .numbers(values.map(Double.init))], values),
            (["datatype": "FP32", "shape": shape, "base64": .string(Base64.encode(little))], values),
            (["datatype": "FP64", "shape": shape, "base64": .string(Base64.encode(wide))], values),
            (["datatype": "FP32", "shape": [3, 32, 32], "data": .numbers(single.map(Double.init))], single),
            (nested, single),
        ]
        for (tensor, expected) in forms {
            let answer = try await service.post(
                target, wish.setting("inputs", to: .array([["tensor": tensor]])).setting("preprocess", to: false),
                fields: safetensors)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try pixels(answer).elements == expected)
        }
        let file = SafetensorsWriter([("pixel_values", ArrayValue(Tensor(shape: [2, 3, 32, 32], elements: values)))])
        let answer = try await service.post(
            target + query(), file.pieces.joined, type: "application/x-safetensors", fields: safetensors)
        #expect(try pixels(answer).elements == values)
    }

    @Test func inputsComeOutInTheOrderGiven() async throws {
        let service = try await TestService.standard()
        let (first, second) = (Requests.picture, Requests.otherPicture)
        let inputs: JSONValue = .list([
            ["image": ["part": "b"]], Requests.tensor(0.5), Requests.image(first), ["image": ["part": "b"]],
            Requests.tensor(0.25, shape: [2, 3, 32, 32]),
        ])
        let body = MultipartBody().file("b", second).document(wish.setting("inputs", to: inputs))
        let all = try pixels(try await service.post(target, body, fields: safetensors))
        #expect(all.shape == [6, 3, 32, 32])
        let (a, b) = (try expected(first), try expected(second))
        let constant = { (value: Float) in [Float](repeating: value, count: 3 * 32 * 32) }
        let rows = (0..<6).map { all.rows($0..<($0 + 1)).elements }
        #expect(rows == [b, constant(0.5), a, b, constant(0.25), constant(0.25)])
        let repeated = MultipartBody().file("image", first).file("image", second).file("image", first).document(wish)
        let three = try pixels(try await service.post(target, repeated, fields: safetensors))
        #expect((0..<3).map { three.rows($0..<($0 + 1)).elements } == [a, b, a])
    }

    @Test func partsThatDoNotFitAreTold() async throws {
        let service = try await TestService.standard()
        let picture = Requests.picture
        let part = { (name: String) -> JSONValue in ["inputs": [["image": ["part": .string(name)]]]] }
        let cases: [(MultipartBody, Int, String)] = [
            (
                MultipartBody().document(part("imgae")).file("image", picture), 400,
                "no part of the body is named \"imgae\"; did you mean \"image\"?"
            ),
            (
                MultipartBody().document(part("mine")).file("left", picture).file("other", picture), 400,
                "its parts are \"left\" and \"other\""
            ),
            (
                MultipartBody().document(part("a")).file("a", picture).file("a", picture), 400,
                "2 parts of the body are named \"a\"; expected one"
            ),
            (
                MultipartBody().file("picture", picture), 400,
                "\"picture\" is not used: expected \"image\" or \"request\""
            ),
            (
                MultipartBody().document(part("a")).file("a", picture).file("image", picture), 400,
                "\"image\" is not used"
            ),
            (MultipartBody().document(part("a")).document(part("a")).file("a", picture), 400, "sent more than once"),
            (MultipartBody().document([:]), 400, "no input"),
            (MultipartBody(), 400, ""),
            (MultipartBody().file("image", Array("no picture".utf8)), 422, "are no picture"),
        ]
        for (body, status, says) in cases {
            let answer = try await service.post(target, body)
            #expect(answer.status == status, "\(says): \(answer.text)")
            #expect(answer.detail.contains(says), "\(answer.text)")
        }
        let broken = Array("--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nabc".utf8)
        #expect(try await service.post(target, broken, type: "multipart/form-data; boundary=x").status == 400)
        #expect(try await service.post(target, broken, type: "multipart/form-data").status == 400)
    }

    @Test func aPictureInTheBodyLeavesNoRoomForInputs() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(
            target + "?request=%7B%22inputs%22%3A%5B%5D%7D", Requests.picture, type: "image/png")
        #expect(answer.status == 400)
        #expect(answer.detail.contains("the body itself is the input"))
        let parameter = try await service.post(target + "?request=%7B", Requests.picture, type: "image/png")
        #expect(parameter.status == 400 && parameter.detail.contains("broken at byte 1"))
        let stranger = try await service.post(target + "?reqest=%7B%7D", Requests.picture, type: "image/png")
        #expect(stranger.status == 400 && stranger.detail.contains("reqest"))
    }

    @Test func safetensorsThatAreNoneAreTold() async throws {
        let service = try await TestService.standard()
        let other = SafetensorsWriter([("pixels", ArrayValue(Tensor(repeating: 0, shape: [3, 32, 32])))]).pieces.joined
        let shape = SafetensorsWriter([("pixel_values", ArrayValue(Tensor(repeating: 0, shape: [3, 8, 8])))]).pieces
            .joined
        let cases: [([UInt8], String)] = [
            (Array("{}".utf8), "a safetensors file has at least 8"),
            ([UInt8](repeating: 255, count: 64), "the header claims"),
            (other, "tensor 'pixel_values' is missing"), (Array(shape.dropLast()), "cut off"),
            (shape, "a tensor of [3, 8, 8] does not fit"),
        ]
        for (body, says) in cases {
            let answer = try await service.post(target, body, type: "application/x-safetensors")
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.detail.contains(says), "\(answer.text)")
        }
    }

    @Test func preprocessingIsTheModelsUnlessToldOtherwise() async throws {
        let service = try await TestService.standard()
        let picture = try Requests.fixture("rgb.jpg")
        let nearest = Preprocessing(
            resizing: .exact(height: 32, width: 32), interpolation: .nearest, rescaleFactor: 1, mean: [10, 20, 30],
            std: [2, 4, 8])
        let overriding: JSONValue = [
            "interpolation": "nearest", "rescale_factor": 1, "mean": [10, 20, 30], "std": [2, 4, 8],
        ]
        let cropped = Preprocessing(
            resizing: .shortestEdge(40), crop: CentreCrop(height: 32, width: 32, rounding: .halfToEven),
            mean: [0.5, 0.5, 0.5],
            std: [0.5, 0.5, 0.5])
        let cases: [(JSONValue?, Preprocessing?)] = [
            (nil, nil), (true, nil), ([:], nil), (false, .unitScale(height: 32, width: 32)), (overriding, nearest),
            (["resize": 40, "crop": 32], cropped),
        ]
        for (choice, preprocessing) in cases {
            let document = Requests.document(wish, picture: picture).setting("preprocess", to: choice)
            let answer = try await service.post(target, document, fields: safetensors)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(
                try pixels(answer).elements == (try expected(picture, preprocessing)),
                "\(choice.map { "\($0)" } ?? "none")")
        }
    }

    /// What a model's document shows can be sent back.
    @Test func theModelsOwnSettingsCanBeSentBack() async throws {
        let service = try await TestService.standard()
        for model in ["vit", "pooled"] {
            let own = try #require(try await service.get("/v1/models/\(model)").json["preprocessing"])
            let plain = try await service.post("/v1/models/\(model)/run", Requests.document(wish), fields: safetensors)
            let sent = try await service.post(
                "/v1/models/\(model)/run", Requests.document(wish).setting("preprocess", to: own), fields: safetensors)
            #expect(sent.status == 200, "\(sent.text)")
            #expect(try pixels(sent).elements == (try pixels(plain).elements))
        }
    }

    @Test(arguments: [1, 3, 6, 8] as [UInt8])
    func picturesAreTurnedAsTheirCameraNotedUnlessToldNotTo(_ orientation: UInt8) async throws {
        let service = try await TestService.standard()
        let plain = SmallPNG(noise: 5, width: 20, height: 44).bytes
        let turned = SmallPNG(noise: 5, width: 20, height: 44, orientation: orientation).bytes
        let ask = { (exif: JSONValue?) in
            try pixels(
                try await service.post(
                    target, Requests.document(wish, picture: turned).setting("exif", to: exif), fields: safetensors)
            ).elements
        }
        #expect(try await ask("ignore") == (try expected(plain)))
        #expect(try await ask(nil) == (try expected(turned)))
        #expect(try await ask("apply") == (try expected(turned)))
        let isSame = try expected(turned) == (try expected(plain))
        #expect(isSame == (orientation == 1))
    }
}
