import Checkpoints
import Imaging
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@testable import HookedModels

extension Family {
    /// A library that nobody has: what it takes to serve one more.
    fileprivate static let invented = Family(
        name: "invented",
        summary: "A library of a test",
        recognises: { $0["storeys"] != nil },
        architecture: { input in
            let fields = input.configuration
            var architecture = Architecture(
                layers: try fields.required("storeys", Limits.layers),
                width: try fields.required("breadth", Limits.width),
                heads: try fields.required("eyes", Limits.heads),
                neurons: try fields.required("thoughts", Limits.neurons),
                image: .init(square: try fields.required("side", Limits.side)),
                patch: .init(square: 8),
                eps: 1e-6)
            architecture.classes = try input.classifier("answer.weight")
            return architecture
        },
        weights: { _ in
            WeightNames(
                patches: "retina", classToken: "summary", positions: "places", block: "storey", ln1: "calm",
                projection: .fused("look.all"), attentionOutput: "look.back", ln2: "calmer", mlpInput: "think.wide",
                mlpOutput: "think.narrow", lnFinal: "roof", head: "answer")
        },
        labels: { _ in [ClassLabel(name: "first")] },
        preprocessing: { _, architecture in
            .unitScale(height: architecture.image.height, width: architecture.image.width)
        })
}

/// A family is one value: one that this file makes up is read, run and complained about as any other.
@Suite struct FamilyTests {
    private static let tiny = TinyModel(.timm)

    /// timm's tensors under invented names, in the order in which they are replaced.
    private static let renamed = [
        ("patch_embed.proj", "retina"), ("cls_token", "summary"), ("pos_embed", "places"), ("blocks.", "storey."),
        (".norm1.", ".calm."), (".norm2.", ".calmer."), ("attn.qkv", "look.all"), ("attn.proj", "look.back"),
        ("mlp.fc1", "think.wide"), ("mlp.fc2", "think.narrow"), ("norm.", "roof."), ("head.", "answer."),
    ]

    private var checkpoint: TinyCheckpoint {
        var checkpoint = Self.tiny.checkpoint
        checkpoint.tensors = checkpoint.tensors.map { tensor in
            (Self.renamed.reduce(tensor.name) { $0.replacing($1.0, with: $1.1) }, tensor.value)
        }
        checkpoint.configuration = ["storeys": 2, "breadth": 24, "eyes": 3, "thoughts": 40, "side": 32]
        return checkpoint
    }

    private func load(_ checkpoint: TinyCheckpoint) throws -> HookedModel {
        try checkpoint.reading {
            try HookedModel($0, options: ModelOptions(), families: FamilyCatalog.all + [.invented])
        }
    }

    @Test func itsCheckpointRunsAsItsWeightsSay() throws {
        let model = try load(checkpoint)
        #expect(model.family == "invented")
        #expect(model.label(0) == "first")
        let truth = try Self.tiny.load()
        let pixels = Pictures.random(2, for: truth)
        let (own, expected) = (try model.run(pixels, capturing: ["*"]), try truth.run(pixels, capturing: ["*"]))
        #expect(own.output?.joined.elements == expected.output?.joined.elements)
        #expect(own.captures.map(\.name) == expected.captures.map(\.name))
        for (one, other) in zip(own.captures, expected.captures) {
            #expect(one.values.joined.elements == other.values.joined.elements, "\(one.name)")
        }
    }

    @Test func whatItsCheckpointLacksIsNamedInItsOwnWords() throws {
        for name in ["retina.weight", "summary", "storey.1.calmer.bias", "storey.0.look.all.weight", "roof.weight"] {
            var damaged = checkpoint
            damaged.tensors.removeAll { $0.name == name }
            let error = try #require(throws: CheckpointError.self) { try load(damaged) }
            #expect("\(error)".contains("'\(name)'"), "\(error)")
        }
    }

    @Test func withoutItsValueItIsUnknown() {
        #expect(throws: ModelError.self) { try checkpoint.load() }
    }
}
