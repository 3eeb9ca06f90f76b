import Checkpoints
import Foundation
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

/// Attribution and stored caches over HTTP held against the references in float64.
@Suite(.enabled(if: Golden.shared != nil)) struct GoldenAttributionTests {
    private struct Reference {
        let service: TestService
        let name: String
        let folder: URL
        let meta: JSONValue
        let inputs: JSONValue

        init(_ name: String) async throws {
            let root = try #require(Golden.shared)
            self.name = name
            folder = root.appending(path: "analyses/\(name)")
            service = try await TestService(paths: [name: root.appending(path: "models/\(name)/checkpoint")])
            meta = try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: "meta.json"))))
            let file = try SafetensorsFile(path: folder.appending(path: "input.safetensors").path)
            let pixels = try #require(
                try file.entries.first { $0.name == "pixel_values" }.map { try file.tensor($0) })
            inputs = [
                [
                    "tensor": [
                        "datatype": "FP32", "shape": .integers(pixels.shape),
                        "data": .numbers(pixels.elements.map(Double.init)),
                    ]
                ]
            ]
        }

        var metric: JSONValue {
            ["kind": "logit_difference", "classes": [meta["c1"] ?? 0, meta["c2"] ?? 0]]
        }

        func truth(_ file: String) throws -> [String: Tensor] {
            let source = try SafetensorsFile(path: folder.appending(path: file + ".safetensors").path)
            return try Dictionary(uniqueKeysWithValues: source.entries.map { ($0.name, try source.tensor($0)) })
        }

        /// A tensor of an answer.
        func ask(_ target: String, _ wish: JSONValue, _ tensor: String) async throws -> (Tensor, JSONValue) {
            let answer = try await service.post(target, wish)
            #expect(answer.status == 200, "\(wish): \(answer.text.prefix(400))")
            let value = try #require(try answer.json.at("tensors", tensor))
            let shape = try #require(value["shape"]?.array).compactMap(\.int)
            let data = try #require(value["data"]?.doubles)
            return (Tensor(shape: shape, elements: data.map { Float($0) }), try answer.json)
        }
    }

    /// As a share of the largest of the truth: what the references' own float32 is off by at worst.
    private func differs(_ ours: Tensor, _ truth: Tensor, _ allowed: Double = 9e-6) -> Bool {
        guard ours.shape == truth.shape else { return true }
        let largest = truth.elements.reduce(0.0) { max($0, Double(abs($1))) }
        return zip(ours.elements, truth.elements).contains { !(Double(abs($0 - $1)) <= allowed * largest) }
    }

    @Test(arguments: ["timm_vit", "hf_clip_vision_proj"])
    func everyAttributionIsTheReferences(_ name: String) async throws {
        let reference = try await Reference(name)
        let truth = try reference.truth("dla")
        let target = "/v1/models/\(name)/attribution"
        for (key, axis, norm) in [
            ("dla_components", "component", "exact"), ("dla_components_prisma", "component", "prisma"),
            ("dla_heads", "head", "exact"), ("dla_heads_prisma", "head", "prisma"), ("dla_neurons", "neuron", "exact"),
        ] {
            let wish: JSONValue = [
                "inputs": reference.inputs, "metric": reference.metric, "by": .string(axis), "norm": .string(norm),
            ]
            let (scores, answer) = try await reference.ask(target, wish, "scores")
            let order = Array(1..<scores.rank) + [0]
            #expect(!differs(scores.permuted(order).contiguous(), try #require(truth[key])), "\(key)")
            if axis == "component" { #expect(answer["labels"] == reference.meta["dla_labels"]) }
            guard norm == "exact" else { continue }
            let constant = try #require(truth["dla_constant"]?.elements.first)
            for (input, name) in ["logit_diff_clean", "logit_diff_corrupt"].enumerated() {
                #expect(abs((answer["constant"]?[input]?.double ?? .nan) - Double(constant)) < 1e-6)
                #expect(abs((answer["value"]?[input]?.double ?? .nan) - (reference.meta[name]?.double ?? 0)) < 1e-5)
                #expect(abs(answer["residue"]?[input]?.double ?? .nan) < 1e-5)
            }
        }
    }

    private static let analyses: [(String, JSONValue)] = [
        ("accumulated_resid", ["analysis": "accumulated_resid"]),
        ("accumulated_resid_ln", ["analysis": "accumulated_resid", "apply_ln": true]),
        ("accumulated_resid_mid", ["analysis": "accumulated_resid", "incl_mid": true]),
        ("accumulated_resid_mid_ln", ["analysis": "accumulated_resid", "incl_mid": true, "apply_ln": true]),
        (
            "accumulated_resid_layer1_mlp_input_ln",
            ["analysis": "accumulated_resid", "layer": 1, "mlp_input": true, "apply_ln": true]
        ),
        ("decompose_resid_all", ["analysis": "decompose_resid"]),
        ("decompose_resid_all_ln", ["analysis": "decompose_resid", "apply_ln": true, "norm": "prisma"]),
        ("decompose_resid_attn", ["analysis": "decompose_resid", "mode": "attn"]),
        ("decompose_resid_attn_ln", ["analysis": "decompose_resid", "mode": "attn", "apply_ln": true]),
        ("decompose_resid_mlp", ["analysis": "decompose_resid", "mode": "mlp"]),
        ("decompose_resid_mlp_ln", ["analysis": "decompose_resid", "mode": "mlp", "apply_ln": true]),
        ("decompose_resid_layer1_mlp_input", ["analysis": "decompose_resid", "layer": 1, "mlp_input": true]),
        ("stack_head_results", ["analysis": "stack_head_results"]),
        ("stack_head_results_ln", ["analysis": "stack_head_results", "layer": -1, "apply_ln": true]),
        ("stack_head_results_remainder", ["analysis": "stack_head_results", "incl_remainder": true]),
        (
            "stack_head_results_remainder_ln",
            ["analysis": "stack_head_results", "incl_remainder": true, "apply_ln": true]
        ),
        ("stack_neuron_results_cls", ["analysis": "stack_neuron_results", "position": 0]),
        (
            "neuron_results_l0_pos1_n0to5",
            ["analysis": "neuron_results", "layer": 0, "position": 1, "neurons": [0, 1, 2, 3, 4, 5]]
        ),
    ]

    @Test(arguments: ["timm_vit", "hf_clip_vision_proj"])
    func everyAnalysisOfACacheIsTheReferences(_ name: String) async throws {
        let reference = try await Reference(name)
        let made = try await reference.service.post(
            "/v1/caches", ["model": .string(name), "inputs": reference.inputs])
        #expect(made.status == 201)
        let target = "/v1/caches/\(try #require(try made.json["id"]?.string))/analyses"
        let truth = try reference.truth("decomposition")
        for (key, wish) in Self.analyses {
            let (ours, _) = try await reference.ask(target, wish, wish["analysis"]?.string ?? "")
            #expect(!differs(ours, try #require(truth[key])), "\(key)")
        }
        for layer in 0...3 {
            for (key, includes) in [("accumulated_bias", true), ("accumulated_bias_no_mlp", false)] {
                let wish: JSONValue = [
                    "analysis": "accumulated_bias", "layer": .integer(Int64(layer)),
                    "include_mlp_biases": .bool(includes),
                ]
                let (ours, _) = try await reference.ask(target, wish, "accumulated_bias")
                #expect(!differs(ours, try #require(truth[key]).row(layer)), "\(key)")
            }
        }
        let attribution = try reference.truth("dla")
        let both: JSONValue = ["analysis": "residual_directions", "classes": reference.metric["classes"] ?? []]
        let (directions, _) = try await reference.ask(target, both, "residual_directions")
        #expect(!differs(directions, try #require(attribution["residual_directions"])))
        for (key, more) in [
            ("dla_components", [:] as JSONValue), ("dla_accumulated", ["of": "accumulated_resid"]),
            ("per_position_dla_components_prisma", ["position": "all", "norm": "prisma"]),
        ] {
            let wish = JSONValue.object(
                [JSONMember("analysis", "logit_attrs"), JSONMember("metric", reference.metric)] + (more.object ?? []))
            let (ours, _) = try await reference.ask(target, wish, "logit_attrs")
            #expect(!differs(ours, try #require(attribution[key])), "\(key)")
        }
    }
}
