import Checkpoints
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@testable import HookedModels

/// Sizes are what the tensors say, whatever the configuration says of them or leaves out.
@Suite struct ModelSizesTests {
    /// All fields of all families that name a size which tensors tell.
    private static let fields = [
        "hidden_size", "num_hidden_layers", "intermediate_size", "image_size", "patch_size", "num_channels",
        "mlp_ratio",
        "projection_dim", "num_register_tokens", "vocab_size", "max_position_embeddings", "width", "layers",
        "embed_dim",
        "context_length", "depth", "img_size", "in_chans", "num_classes", "reg_tokens", "n_heads", "d_head", "d_mlp",
        "n_channels", "n_classes", "input_size",
    ]

    /// The same, but for those by which a family is recognised.
    private static let silent = fields + ["d_model", "n_layers"]

    /// Every field of a configuration and of the objects in it that is in `fields`, changed.
    private func changing(
        _ value: JSONValue, _ fields: [String], _ change: (JSONMember) -> JSONMember?
    ) -> JSONValue {
        guard case .object(let members) = value else { return value }
        return .object(
            members.compactMap { member in
                if fields.contains(member.key) { return change(member) }
                return JSONMember(member.key, changing(member.value, fields, change))
            })
    }

    /// All sizes differ, none is a usual one, and a picture is no multiple of what is usual.
    private func tiny(_ layout: TinyModel.Layout) -> TinyCheckpoint {
        TinyModel(layout, layers: 3, width: 12, heads: 3, neurons: 21, image: 20, patch: 4, classes: 7).checkpoint
    }

    /// Another size than the field has, possible by itself, and of a picture with another number of patches.
    private func other(_ value: JSONValue) -> JSONValue {
        if let list = value.array { return .list(list.map { other($0) }) }
        guard let number = value.double else { return value }
        return .integer(Int64(number) + 9)
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func aWrongConfigurationIsOverruled(_ layout: TinyModel.Layout) throws {
        let truth = tiny(layout)
        var wrong = truth
        wrong.configuration = truth.configuration.map { configuration in
            changing(configuration, Self.fields + ["d_model", "n_layers"]) { JSONMember($0.key, other($0.value)) }
        }
        #expect(wrong.configuration != truth.configuration)
        try expectSame(wrong, truth)
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func aSilentConfigurationIsCompleted(_ layout: TinyModel.Layout) throws {
        let truth = tiny(layout)
        let fields = layout.family == "prisma" ? Self.fields : Self.silent
        var silent = truth
        silent.configuration = truth.configuration.map { changing($0, fields) { _ in nil } }
        try expectSame(silent, truth)
    }

    private func expectSame(_ changed: TinyCheckpoint, _ truth: TinyCheckpoint) throws {
        let (own, expected) = (try changed.load(), try truth.load())
        var architecture = own.architecture
        // Without a second half of the blocks no tensor tells of neurons, and nothing hangs on their number.
        if architecture.isAttentionOnly { architecture.neurons = expected.architecture.neurons }
        #expect(architecture == expected.architecture)
        // A preprocessor that lies beside the weights is its own file, and its own word.
        #expect(own.preprocessing == expected.preprocessing)
        guard own.architecture.inputShape == expected.architecture.inputShape else { return }
        #expect(try changed.loadText()?.architecture == truth.loadText()?.architecture)
        let pixels = Pictures.random(1, for: expected)
        #expect(
            try own.run(pixels, capturing: []).output?.joined.elements
                == expected.run(pixels, capturing: []).output?.joined.elements)
    }

    /// Heads are in no tensor.
    @Test(arguments: [TinyModel.Layout.huggingFace, .dinov2, .clipVision])
    func silenceAboutHeadsIsRefused(_ layout: TinyModel.Layout) throws {
        var checkpoint = tiny(layout)
        checkpoint.configuration = checkpoint.configuration?.setting("num_attention_heads", to: nil)
        #expect(
            throws: ModelError.configurationLacks(file: "config.json", field: "num_attention_heads")
        ) { try checkpoint.load() }
    }

    /// No weight of another layout than its own becomes a size: a model that is transposed throughout does not load.
    @Test(arguments: TinyModel.Layout.allCases, [true, false])
    func everyTransposedTensorIsNamed(_ layout: TinyModel.Layout, isSilent: Bool) throws {
        var checkpoint = tiny(layout)
        let fields = layout.family == "prisma" ? Self.fields : Self.silent
        if isSilent { checkpoint.configuration = checkpoint.configuration.map { changing($0, fields) { _ in nil } } }
        for (place, (name, value)) in checkpoint.tensors.enumerated() where value.shape.count > 1 {
            guard checkpoint.tensorsRead().contains(where: { $0.name == name }) else { continue }
            let turned = Array(value.shape.reversed())
            // A square matrix has the shape of its transposed.
            if turned == value.shape || turned.filter({ $0 > 1 }).count < 2 { continue }
            var damaged = checkpoint
            damaged.tensors[place].value = ArrayValue(Tensor(repeating: 0, shape: turned))
            let error = try #require(throws: (any Error).self, "\(name)") { try damaged.load() }
            #expect("\(error)".contains("'\(name)'"), "\(name): \(error)")
            #expect("\(error)".contains("\(turned)"), "\(name): \(error)")
        }
    }

    /// A block of which everything is missing is missed, not skipped; a stray tensor makes no block.
    @Test(arguments: TinyModel.Layout.allCases)
    func blocksAreCountedByTheLastThatIsThere(_ layout: TinyModel.Layout) throws {
        let checkpoint = tiny(layout)
        let inBlock = { (name: String, block: Int) in name.contains(".\(block).") }
        var gap = checkpoint
        gap.tensors.removeAll { inBlock($0.name, 1) }
        let error = try #require(throws: CheckpointError.self) { try gap.load() }
        guard case .missingTensor(let name, _) = error.reason else { throw error }
        #expect(inBlock(name, 1))

        let norm = try #require(checkpoint.tensorsRead().last { inBlock($0.name, 2) })
        let stray = norm.name.replacing(".2.", with: ".3.")
        var extra = checkpoint
        extra.tensors.append((stray, norm.value))
        #expect(throws: ModelError.unexpectedTensors([stray])) { try extra.load() }
    }

    /// Without a size of pictures, positions that make no square tell none.
    @Test func positionsThatMakeNoSquareAreNamed() throws {
        var checkpoint = tiny(.huggingFace)
        checkpoint.configuration = checkpoint.configuration?.setting("image_size", to: nil)
        checkpoint.tensors = checkpoint.tensors.map {
            $0.name.hasSuffix("position_embeddings")
                ? ($0.name, ArrayValue(Tensor(repeating: 0, shape: [1, 25, 12]))) : $0
        }
        #expect(throws: ModelError.noSquare(positions: 25, before: 1, field: "image_size")) { try checkpoint.load() }
    }

    /// A picture that is no square is believed where the positions fit it.
    @Test func aPictureThatIsNoSquareIsAsStated() throws {
        var checkpoint = tiny(.huggingFace)
        checkpoint.configuration = checkpoint.configuration?.setting("image_size", to: [8, 12])
        checkpoint.tensors = checkpoint.tensors.map {
            $0.name.hasSuffix("position_embeddings")
                ? ($0.name, ArrayValue(Tensor(repeating: 0, shape: [1, 7, 12]))) : $0
        }
        #expect(try checkpoint.load().architecture.image == .init(height: 8, width: 12))
    }

    /// The space of pictures and texts is one: towers that disagree about it are refused.
    @Test(arguments: [TinyModel.Layout.clip, .openCLIP], [true, false])
    func towersShareTheSpaceTheyProjectInto(_ layout: TinyModel.Layout, isSilent: Bool) throws {
        var checkpoint = tiny(layout)
        if isSilent {
            checkpoint.configuration = checkpoint.configuration.map { changing($0, Self.silent) { _ in nil } }
        }
        let place = try #require(checkpoint.tensors.firstIndex { $0.name.hasPrefix("text_projection") })
        let shape = checkpoint.tensors[place].value.shape.map { $0 == 7 ? 8 : $0 }
        checkpoint.tensors[place].value = ArrayValue(Tensor(repeating: 0, shape: shape))
        let error = try #require(throws: CheckpointError.self) { try checkpoint.loadText() }
        guard case .wrongShape(let name, _, let found) = error.reason else { throw error }
        #expect(name == checkpoint.tensors[place].name && found == shape)
    }
}
