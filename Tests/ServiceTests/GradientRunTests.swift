import HTTPTypes
import HookedModels
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct GradientRunTests {
    private let target = "/v1/models/vit/run"

    private static func gradients(_ hooks: JSONValue, _ more: JSONValue = [:]) -> JSONValue {
        .object(
            [
                JSONMember("metric", ["kind": "logit_difference", "classes": [0, "heart"]]),
                JSONMember("hooks", hooks),
            ] + (more.object ?? []))
    }

    private func tensor(_ answer: JSONValue, _ name: String) throws -> Tensor {
        let shape = try #require(answer.at("tensors", name, "shape")?.array).compactMap(\.int)
        let data = try #require(answer.at("tensors", name, "data")?.doubles)
        return Tensor(shape: shape, elements: data.map { Float($0) })
    }

    @Test func gradientsStandBesideTheActivations() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(
            target,
            Requests.document([
                "capture": [["hooks": ["hook_ln_final"]]],
                "gradients": Self.gradients(["blocks.1.hook_resid_pre", "pixel_values", "blocks.*.attn.hook_z"]),
            ])
        ).json
        #expect(
            answer["tensors"]?.object?.map(\.key) == [
                "output", "hook_ln_final", "grad:blocks.0.attn.hook_z", "grad:blocks.1.hook_resid_pre",
                "grad:blocks.1.attn.hook_z", "grad:pixel_values",
            ])
        #expect(try tensor(answer, "grad:pixel_values").shape == [1, 3, 32, 32])
        let output = try tensor(answer, "output")
        let metric = try #require(answer["metric"]?.doubles)
        #expect(metric.count == 1 && abs(metric[0] - Double(output[0, 0] - output[0, 1])) < 1e-6)
    }

    /// The model's answer follows what is added along the gradient.
    @Test func aStepAlongTheGradientRaisesTheMetricAsItSays() async throws {
        let service = try await TestService.standard()
        let hook = "blocks.1.hook_resid_pre"
        let plain = try await service.post(target, Requests.document(["gradients": Self.gradients([.string(hook)])]))
            .json
        let gradient = try tensor(plain, "grad:" + hook)
        let squares = gradient.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
        let step = 1e-2 / squares.squareRoot()
        let changed = try await service.post(
            target,
            Requests.document([
                "interventions": [
                    [
                        "hook": .string(hook), "op": "add",
                        "value": [
                            "datatype": "FP32", "shape": .integers(Array(gradient.shape.dropFirst())),
                            "data": .numbers(gradient.elements.map { Double($0) * step }),
                        ],
                    ]
                ],
                "gradients": Self.gradients([.string(hook)]),
            ])
        ).json
        let metrics = try [plain, changed].map { try #require($0["metric"]?.doubles?.first) }
        #expect(abs((metrics[1] - metrics[0]) / (step * squares) - 1) < 2e-2)
    }

    @Test func linesAndTheWholeAgree() async throws {
        let service = try await TestService.standard()
        let document: JSONValue = [
            "inputs": [Requests.image(Requests.picture), Requests.image(Requests.otherPicture)],
            "gradients": Self.gradients(["blocks.0.hook_mlp_out"], ["positions": "cls", "features": [3]]),
        ]
        let whole = try await service.post(target, document).json
        let gradient = try tensor(whole, "grad:blocks.0.hook_mlp_out")
        #expect(gradient.shape == [2, 1, 1])
        let answer = try await service.post(target, document, fields: Requests.accepting("application/x-ndjson"))
        let lines = try answer.bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0)) }
        for index in 0..<2 {
            let line = try #require(lines.first { $0["index"]?.int == index })
            #expect(line["metric"]?.double == whole["metric"]?.doubles?[index])
            let own = try #require(line.at("tensors", "grad:blocks.0.hook_mlp_out", "data")?.doubles)
            #expect(own.count == 1 && abs(Float(own[0]) - gradient.elements[index]) < 1e-6)
        }
    }

    @Test func aDryRunCountsGradients() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(
            target,
            Requests.document(["dry_run": true, "gradients": Self.gradients(["hook_full_embed", "pixel_values"])])
        ).json
        #expect(answer.at("tensors", "grad:hook_full_embed", "shape") == [1, 17, 24])
        #expect(answer.at("tensors", "grad:pixel_values", "bytes") == .integer(3 * 32 * 32 * 4))
        let plain = try await service.post(target, Requests.document(["dry_run": true])).json
        let operations = try [answer, plain].map { try #require($0["floating_point_operations"]?.int) }
        #expect(operations[0] == 2 * operations[1])
    }

    private static let wrong: [(JSONValue, String, String)] = [
        (["gradients": gradients(["hook_nothing"])], "/gradients/hooks/0", "no hook 'hook_nothing'"),
        (["gradients": gradients(["pixel_values", "blocks.9.*"])], "/gradients/hooks/1", "matches no hook"),
        (
            ["gradients": gradients(["hook_embed"]), "stop_at_layer": 1], "/gradients", "stop_at_layer"
        ),
        (["gradients": gradients(["hook_embed"], ["positions": [99]])], "/gradients/positions", "99 is outside"),
        (["gradients": gradients(["hook_embed"], ["heads": [0]])], "/gradients/heads", "none of the hooks"),
        (["gradients": ["hooks": ["*"]]], "/gradients/metric", "required"),
        (
            ["gradients": ["metric": ["kind": "kl"], "hooks": ["*"]]], "/gradients/metric/kind",
            "kl compares with another run"
        ),
        (
            ["gradients": ["metric": ["kind": "logit", "classes": [77]], "hooks": ["*"]]],
            "/gradients/metric/classes/0", "there is no class 77"
        ),
    ]

    @Test(arguments: wrong.indices)
    func whatHasNoGradientIsRefused(_ index: Int) async throws {
        let (document, place, detail) = Self.wrong[index]
        let service = try await TestService.standard()
        let answer = try await service.post(target, Requests.document(document))
        #expect(answer.status == 400)
        let error = try #require(answer.fieldErrors.first)
        #expect(error.place == place)
        #expect(error.detail.contains(detail), "\(error.detail)")
    }
}
