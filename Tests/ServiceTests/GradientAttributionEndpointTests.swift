import HTTPTypes
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

/// The methods of `/attribution` that go by gradients.
@Suite struct GradientAttributionEndpointTests {
    private let target = "/v1/models/vit/attribution"
    private static let metric: JSONValue = ["kind": "logit_difference", "classes": ["heart", 0]]

    private func wish(_ method: String, _ more: JSONValue = [:]) -> JSONValue {
        .object(
            [JSONMember("method", .string(method)), JSONMember("metric", Self.metric)]
                + (method == "attribution_patching"
                    ? [
                        JSONMember("clean", Requests.image(Requests.picture)),
                        JSONMember("corrupt", Requests.image(Requests.otherPicture)),
                    ] : [JSONMember("inputs", [Requests.image(Requests.picture)])])
                + (more.object ?? []))
    }

    private func scores(_ answer: JSONValue) throws -> Tensor {
        let shape = try #require(answer.at("tensors", "scores", "shape")?.array).compactMap(\.int)
        let data = try #require(answer.at("tensors", "scores", "data")?.doubles)
        return Tensor(shape: shape, elements: data.map { Float($0) })
    }

    private static let shapes: [(String, [Int])] = [
        ("layer", [1, 4]), ("component", [1, 6]), ("head", [1, 2, 3]), ("neuron", [1, 2, 40]),
        ("position", [1, 2, 17]), ("edge", [1, 9, 9]),
    ]

    @Test(arguments: shapes, ["attribution_patching", "grad_x_activation"])
    func scoresHaveTheShapeOfWhatIsToldApart(_ axis: (String, [Int]), _ method: String) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish(method, ["by": .string(axis.0)])).json
        let found = try scores(answer)
        #expect(found.shape == axis.1)
        if axis.0 == "edge" {
            #expect(answer["senders"]?.count == 9 && answer["receivers"]?.count == 9)
        } else {
            #expect(answer["labels"]?.count == axis.1.reduce(1, *))
        }
        let sum = found.elements.reduce(0.0) { $0 + Double($1) }
        #expect(abs(try #require(answer["sum"]?[0]?.double) - sum) < 1e-5)
        #expect(answer["top"]?[0]?.count == min(10, axis.1.reduce(1, *)))
        let dry = try await service.post(target, wish(method, ["by": .string(axis.0), "dry_run": true])).json
        let shape = try #require(dry.at("tensors", "scores", "shape")?.array).compactMap(\.int)
        #expect(Array(shape.dropFirst()) == Array(axis.1.dropFirst()))
    }

    @Test func attributionPatchingTellsBothMetrics() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish("attribution_patching", ["by": "head", "site": "v"])).json
        let (clean, corrupt) = (
            try #require(answer["metric_clean"]?.double), try #require(answer["metric_corrupt"]?.double)
        )
        #expect(answer["value"]?[0]?.double == clean - corrupt)
        let same = try await service.post(
            target,
            [
                "method": "attribution_patching", "metric": Self.metric, "clean": Requests.image(Requests.picture),
                "corrupt": Requests.image(Requests.picture),
            ]
        ).json
        #expect(try scores(same).elements.allSatisfy { $0 == 0 }, "a run differs from itself in nothing")
    }

    @Test(arguments: [nil, 0, 1])
    func integratedGradientsShowTheirResidue(_ layer: Int?) async throws {
        let service = try await TestService.standard()
        let more = layer.map { [JSONMember("layer", .integer(Int64($0)))] } ?? []
        for baseline in [[], [JSONMember("baseline", Requests.image(Requests.otherPicture))]] {
            let answer = try await service.post(
                target, wish("integrated_gradients", .object(more + baseline + [JSONMember("steps", 40)]))
            ).json
            #expect(try scores(answer).shape == [1, 17])
            let number = { (name: String) in try #require(answer[name]?[0]?.double, "\(name)") }
            let (sum, value, constant) = (try number("sum"), try number("value"), try number("constant"))
            let residue = try number("residue")
            #expect(abs(value - constant - sum - residue) < 1e-9)
            #expect(abs(residue) < 2e-2 * max(1, abs(value - constant)), "\(residue) of \(value - constant)")
        }
    }

    @Test func relevanceIsOfEveryPositionAndLineByLine() async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish("relevance")).json
        let whole = try scores(answer)
        #expect(whole.shape == [1, 17] && whole.elements.allSatisfy { $0 >= 0 } && whole[0, 0] >= 1)
        let lines = try await service.post(
            target, wish("relevance"), fields: Requests.accepting("application/x-ndjson"))
        let first = try JSONValue.parse(Array(try #require(lines.bytes.split(separator: UInt8(ascii: "\n")).first)))
        #expect(try scores(first).elements == whole.elements)
    }

    @Test(arguments: ["attribution_patching", "grad_x_activation", "integrated_gradients", "relevance"])
    func eachMethodCanBeDrawn(_ method: String) async throws {
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish(method), fields: Requests.accepting("image/png"))
        #expect(answer.status == 200 && answer.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(answer.text)")
    }

    private static let wrong: [(String, JSONValue, String, String)] = [
        ("attribution_patching", ["inputs": [], "by": "head"], "/inputs", "\"clean\" and \"corrupt\""),
        ("grad_x_activation", ["clean": Requests.image(Requests.picture)], "/clean", "no such setting"),
        ("grad_x_activation", ["by": "head", "site": "resid_pre"], "/site", "resid_pre has no heads"),
        ("grad_x_activation", ["by": "edge", "site": "z"], "/site", "an edge is no part of one hook"),
        ("grad_x_activation", ["steps": 3], "/steps", "no such setting"),
        ("relevance", ["by": "head"], "/by", "expected \"position\""),
        ("relevance", ["position": 17], "/position", "there is no position 17"),
        ("integrated_gradients", ["layer": 2], "/layer", "there is no layer 2"),
        ("integrated_gradients", ["steps": 0], "/steps", "from 1 to 300"),
        ("direct", ["by": "edge"], "/by", "\"attribution_patching\""),
    ]

    @Test(arguments: wrong.indices)
    func whatAMethodDoesNotTakeIsRefused(_ index: Int) async throws {
        let (method, more, place, detail) = Self.wrong[index]
        let service = try await TestService.standard()
        let answer = try await service.post(target, wish(method, more))
        #expect(answer.status == 400, "\(answer.text)")
        let error = try #require(answer.fieldErrors.first)
        #expect(error.place == place)
        #expect(error.detail.contains(detail), "\(error.detail)")
    }

    @Test func aMissingRunAndAMetricOfTwoRunsAreRefused() async throws {
        let service = try await TestService.standard()
        let alone = try await service.post(
            target,
            ["method": "attribution_patching", "metric": Self.metric, "clean": Requests.image(Requests.picture)])
        #expect(alone.fieldErrors.first?.place == "/corrupt")
        let compared = try await service.post(
            target, Requests.document(["method": "relevance", "metric": ["kind": "kl"]]))
        #expect(compared.fieldErrors.first?.place == "/metric/kind")
    }
}
