import Checkpoints
import HookedModels
import ServiceTesting
import Tensors
import Testing

/// What must hold of any forward pass, whatever its weights.
@Suite struct ForwardPassTests {
    static let crews = [Crew(width: 1), Crew(width: 2), Crew(width: 3)]
    static let models = Dictionary(
        uniqueKeysWithValues: TinyModel.Layout.allCases.map { layout in
            // Four patches are as good as sixteen, and many layouts are run many times.
            let image = [.huggingFace, .timm, .timmPooled].contains(layout) ? 32 : 16
            return (layout, Result { try TinyModel(layout, layers: 3, image: image, seed: 11).load() })
        })

    private func model(_ layout: TinyModel.Layout = .huggingFace) throws -> HookedModel {
        try #require(Self.models[layout]).get()
    }

    private func expectClose(_ a: ForwardResult, _ b: ForwardResult, _ label: String) throws {
        #expect(a.captures.map(\.name) == b.captures.map(\.name), "\(label)")
        for (one, other) in zip(a.captures, b.captures) {
            #expect(
                Pictures.difference(one.values.joined, other.values.joined) <= Pictures.rounding, "\(label) \(one.name)"
            )
        }
        #expect((a.output == nil) == (b.output == nil), "\(label)")
        if let one = a.output?.joined, let other = b.output?.joined {
            #expect(Pictures.difference(one, other) <= Pictures.rounding, "\(label) output")
        }
    }

    /// Rows of each of a result's tensors.
    private func rows(_ range: Range<Int>, of result: ForwardResult) -> [(String, Tensor)] {
        let output = result.output.map { [("output", $0.joined.rows(range))] } ?? []
        return output + result.captures.map { ($0.name, $0.values.joined.rows(range)) }
    }

    @Test(arguments: TinyModel.Layout.allCases, [1, 2, 3, 5, 8])
    func aBatchGivesWhatEachPictureGivesAlone(_ layout: TinyModel.Layout, _ count: Int) throws {
        let model = try model(layout)
        let pixels = Pictures.random(count, for: model)
        let together = try Self.crews.map { try model.run(pixels, capturing: ["*"], on: $0) }
        for index in 0..<count {
            let alone = rows(0..<1, of: try model.run(pixels.rows(index..<(index + 1)), capturing: ["*"]))
            for (crew, result) in zip(Self.crews, together) {
                for (own, shared) in zip(alone, rows(index..<(index + 1), of: result)) {
                    #expect(
                        Pictures.difference(shared.1, own.1) <= Pictures.rounding,
                        "picture \(index) of \(count), \(crew.width) threads: \(own.0)")
                }
            }
        }
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func capturingChangesNothing(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let pixels = Pictures.random(2, for: model)
        let plain = try #require(try model.run(pixels).output).joined
        for flags in HookTableTests.flags {
            for entry in HookTable(model.architecture, flags: flags).entries {
                let output = try #require(try model.run(pixels, capturing: [entry.point.name], flags: flags).output)
                    .joined
                #expect(Pictures.difference(output, plain) <= Pictures.rounding, "\(entry.point)")
            }
        }
    }

    @Test func requestsOfDifferentPlansInOneBatchEqualEachAlone() throws {
        let model = try model()
        let wishes: [(inputs: Int, hooks: [String], selection: Selection)] = [
            (2, [], .all), (1, ["*"], .all), (3, ["*.hook_pattern", "hook_ln_final"], .init(positions: .cls)),
            (1, ["blocks.2.hook_resid_post"], .init(reduction: .mean)),
            (4, ["blocks.0.attn.hook_z"], .init(heads: [1])),
        ]
        let requests = try wishes.enumerated().map { index, wish in
            let captures = wish.hooks.isEmpty ? [] : [CaptureRequest(hooks: wish.hooks, selection: wish.selection)]
            return ForwardRequest(
                pixels: Pictures.random(wish.inputs, for: model, seed: UInt64(index)),
                plan: try HookPlan(captures, for: model.architecture))
        }
        for crew in Self.crews {
            let together = model.run(requests, on: crew)
            for (index, request) in requests.enumerated() {
                let alone = try #require(model.run([request], on: .solo).first)
                try expectClose(together[index], alone, "request \(index), \(crew.width) threads")
            }
        }
    }

    @Test func theSameRequestGivesTheSameBytes() throws {
        let model = try model()
        let pixels = Pictures.random(3, for: model)
        for crew in Self.crews {
            let first = try model.run(pixels, capturing: ["*"], on: crew)
            let second = try model.run(pixels, capturing: ["*"], on: crew)
            #expect(first.output?.joined.elements == second.output?.joined.elements)
            for (one, other) in zip(first.captures, second.captures) {
                #expect(one.values.joined.elements == other.values.joined.elements, "\(one.name)")
            }
        }
    }

    @Test(arguments: TinyModel.Layout.allCases, 0...3)
    func stoppingGivesWhatTheWholePassHasUpToThere(_ layout: TinyModel.Layout, _ stop: Int) throws {
        let model = try model(layout)
        let pixels = Pictures.random(2, for: model)
        let whole = try model.run(pixels, capturing: ["*"])
        let stopped = try model.run(pixels, capturing: ["*"], stopAtLayer: stop)
        #expect(stopped.output == nil)
        for (name, values) in stopped.captures {
            let expected = try #require(whole[name])
            #expect(Pictures.difference(values.joined, expected) <= Pictures.rounding, "\(name)")
        }
        let entering = model.architecture.hasPreNorm ? "hook_ln_pre" : "hook_full_embed"
        let last = stop == 0 ? entering : "blocks.\(stop - 1).hook_resid_post"
        let next = stop == 3 ? "blocks.2.hook_resid_post" : "blocks.\(stop).hook_resid_pre"
        #expect(try Pictures.difference(#require(stopped[last]), #require(whole[next])) <= Pictures.rounding)
    }

    /// The last block may compute the class token alone, unless someone looks at the other positions.
    @Test(arguments: [
        "blocks.2.hook_resid_post", "blocks.2.hook_resid_mid", "blocks.2.attn.hook_q", "blocks.2.attn.hook_pattern",
        "blocks.2.attn.hook_z", "blocks.2.hook_attn_out", "blocks.2.mlp.hook_post", "blocks.2.hook_mlp_out",
        "hook_ln_final",
        "ln_final.hook_scale", "ln_final.hook_normalized", "blocks.2.attn.hook_k", "blocks.2.ln1.hook_scale",
    ])
    func theClassTokensShortcutChangesNoOutput(_ hook: String) throws {
        let model = try model()
        let pixels = Pictures.random(2, for: model)
        let short = try #require(try model.run(pixels).output).joined
        let result = try model.run(pixels, capturing: [hook])
        let long = try #require(result.output).joined
        #expect(Pictures.difference(short, long) <= Pictures.rounding)
        #expect(try #require(result[hook]).shape[1] == (hook.hasSuffix("pattern") ? 3 : 17), "no position is left out")
    }

    @Test func theStreamIsTheSumOfItsParts() throws {
        let model = try model()
        let result = try model.run(Pictures.random(2, for: model), capturing: ["*"])
        for layer in 0..<3 {
            let at = { (name: String) in try #require(result["blocks.\(layer).\(name)"]) }
            var mid = try at("hook_resid_pre")
            mid += try at("hook_attn_out")
            #expect(try Pictures.difference(mid, at("hook_resid_mid")) <= Pictures.rounding)
            mid += try at("hook_mlp_out")
            #expect(try Pictures.difference(mid, at("hook_resid_post")) <= Pictures.rounding)
        }
    }

    @Test func rowsOfAPatternSumToOne() throws {
        let model = try model()
        let pattern = try #require(
            try model.run(Pictures.random(2, for: model), capturing: ["blocks.1.attn.hook_pattern"])[
                "blocks.1.attn.hook_pattern"])
        let elements = pattern.elements
        for row in 0..<(2 * 3 * 17) {
            let sum = elements[(row * 17)..<((row + 1) * 17)].reduce(0, +)
            #expect(abs(sum - 1) < 1e-5)
        }
    }

    /// Σ over heads of hook_result, and the bias of the output projection, are hook_attn_out.
    @Test(arguments: [TinyModel.Layout.huggingFace, .timmPooled])
    func theHeadsResultsSumToTheAttentionsOutput(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let checkpoint = TinyModel(layout, layers: 3, seed: 11).checkpoint
        let result = try model.run(
            Pictures.random(2, for: model), capturing: ["*.hook_result", "*.hook_attn_out"],
            flags: HookFlags(useAttnResult: true))
        for layer in 0..<3 {
            let biasName =
                layout == .huggingFace
                ? "vit.encoder.layer.\(layer).attention.output.dense.bias" : "blocks.\(layer).attn.proj.bias"
            let bias = try #require(checkpoint.tensors.first { $0.name == biasName }).value.tensor
            let heads = try #require(result["blocks.\(layer).attn.hook_result"])
            let out = try #require(result["blocks.\(layer).hook_attn_out"])
            let positions = heads.shape[1]
            let summed = Tensor(shape: out.shape) { target in
                for input in 0..<2 {
                    for position in 0..<positions {
                        for feature in 0..<24 {
                            let parts = (0..<3).map { heads[input, position, $0, feature] }
                            target[(input * positions + position) * 24 + feature] = parts.reduce(bias[feature], +)
                        }
                    }
                }
            }
            #expect(Pictures.difference(summed, out) <= Pictures.rounding, "layer \(layer)")
        }
    }

    @Test(arguments: [
        ("use_attn_in", ["hook_attn_in"]), ("use_split_qkv_input", ["hook_q_input", "hook_k_input", "hook_v_input"]),
    ])
    func eachHeadReadsTheStreamItself(_ flag: String, _ hooks: [String]) throws {
        let model = try model()
        let flags = flag == "use_attn_in" ? HookFlags(useAttnIn: true) : HookFlags(useSplitQKVInput: true)
        let pixels = Pictures.random(2, for: model)
        let plain = try model.run(pixels, capturing: ["*"])
        let split = try model.run(pixels, capturing: ["*"], flags: flags)
        for layer in 0..<3 {
            for hook in hooks {
                try expectRepeated(
                    try #require(split["blocks.\(layer).\(hook)"]),
                    try #require(plain["blocks.\(layer).hook_resid_pre"]), hook)
            }
            for hook in ["ln1.hook_normalized", "ln1.hook_scale"] {
                try expectRepeated(
                    try #require(split["blocks.\(layer).\(hook)"]), try #require(plain["blocks.\(layer).\(hook)"]), hook
                )
            }
        }
    }

    /// [input, position, head, d] holds the same [input, position, d] for each head.
    private func expectRepeated(_ perHead: Tensor, _ shared: Tensor, _ label: String) throws {
        for head in 0..<3 {
            let own = perHead.slice(axis: 2, head..<(head + 1)).reshaped(shared.shape)
            #expect(Pictures.difference(own, shared) <= Pictures.rounding, "\(label), head \(head)")
        }
    }

    @Test func theMLPReadsTheMiddleOfTheStream() throws {
        let model = try model()
        let result = try model.run(
            Pictures.random(2, for: model), capturing: ["*.hook_mlp_in", "*.hook_resid_mid"],
            flags: HookFlags(useHookMLPIn: true))
        for layer in 0..<3 {
            let read = try #require(result["blocks.\(layer).hook_mlp_in"])
            let stream = try #require(result["blocks.\(layer).hook_resid_mid"])
            #expect(read.elements == stream.elements, "layer \(layer)")
        }
    }

    /// What was handed out is the reader's: later blocks do not write into it.
    @Test func capturesAreNotOverwrittenByLaterLayers() throws {
        let model = try model()
        let pixels = Pictures.random(3, for: model)
        let all = try model.run(pixels, capturing: ["*"])
        for (name, values) in all.captures {
            let own = try #require(try model.run(pixels, capturing: [name])[name])
            #expect(Pictures.difference(own, values.joined) <= Pictures.rounding, "\(name)")
        }
    }

    /// More tokens than go through a block at once.
    @Test func aBatchBeyondOneChunkIsTheSame() throws {
        let model = try model(.timm)
        let pixels = Pictures.random(210, for: model)
        let whole = try model.run(pixels, capturing: ["blocks.2.hook_resid_post"], on: Self.crews[1])
        #expect(whole.captures.first.map { $0.values.pieces.count } ?? 0 > 2)
        for index in [0, 93, 94, 105, 209] {
            let alone = try model.run(pixels.rows(index..<(index + 1)), capturing: ["blocks.2.hook_resid_post"])
            for (own, shared) in zip(rows(0..<1, of: alone), rows(index..<(index + 1), of: whole)) {
                #expect(Pictures.difference(shared.1, own.1) <= Pictures.rounding, "picture \(index): \(own.0)")
            }
        }
    }
}
