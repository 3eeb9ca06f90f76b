import HookedModels
import Interpretability
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@Suite struct LogitLensTests {
    private func views(
        _ model: HookedModel, _ pixels: Tensor, _ component: LogitLens.Component, _ lens: LogitLens,
        _ wish: LogitLens.Wish
    ) throws -> [LogitLens.View] {
        let streams = LogitLens.streams(component, of: model.architecture)
        let scale = model.architecture.normalization == .none ? [] : ["ln_final.hook_scale"]
        let names = streams.map(\.point.name) + scale
        let plan = try HookPlan([CaptureRequest(hooks: names)], for: model.architecture)
        let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)]).first)
        let taken = Dictionary(uniqueKeysWithValues: result.captures.map { ($0.name, $0.values.joined) })
        return try (0..<pixels.shape[0]).map { picture in
            let row = { (name: String) in try #require(taken[name]).rows(picture..<(picture + 1)) }
            return lens(
                try streams.map { try row($0.point.name) }, finalScale: try scale.first.map(row), through: model,
                wish)
        }
    }

    private func input(_ model: HookedModel, count: Int = 2) -> Tensor {
        var generator = SeededGenerator(seed: 3)
        return Tensor(shape: [count] + model.architecture.inputShape) { target in
            for index in target.indices { target[index] = Float.random(in: -1...1, using: &generator) }
        }
    }

    @Test(arguments: TinyModel.Layout.allCases.filter(\.answersFromClassToken))
    func theLastStreamIsWhatTheModelAnswers(_ layout: TinyModel.Layout) throws {
        let model = try TinyModel(layout).load()
        let pixels = input(model)
        let output = try #require(model.run([ForwardRequest(pixels: pixels, plan: .empty)]).first?.output).joined
        for component in [LogitLens.Component.residPre, .residPost] {
            let views = try views(
                model, pixels, component, LogitLens(norm: .own, addsBias: true), LogitLens.Wish(top: 1))
            for (picture, view) in views.enumerated() {
                let (streams, classes) = (view.logits.shape[1], view.logits.shape[3])
                #expect(view.logits.shape == [1, streams, model.architecture.positions, classes])
                let last = view.logits.slice(axis: 1, (streams - 1)..<streams).slice(axis: 2, 0..<1)
                let truth = output.rows(picture..<(picture + 1))
                #expect(relativeDifference(last.reshaped(truth.shape), truth) <= 1e-6)
            }
        }
    }

    @Test func withoutTheBiasTheLogitsDifferByIt() throws {
        let model = try TinyModel().load()
        let pixels = input(model, count: 1)
        let wish = LogitLens.Wish(top: 0)
        let with = try views(model, pixels, .residPost, LogitLens(norm: .own, addsBias: true), wish)[0].logits
        let without = try views(model, pixels, .residPost, LogitLens(norm: .own, addsBias: false), wish)[0].logits
        let differences = zip(with.elements, without.elements).map { $0 - $1 }
        let classes = with.shape[3]
        #expect(differences.prefix(classes).contains { abs($0) > 1e-3 })
        for (index, difference) in differences.enumerated() {
            #expect(abs(difference - differences[index % classes]) < 1e-5)
        }
    }

    @Test func chosenClassesComeInTheirOrderWithRanks() throws {
        let model = try TinyModel().load()
        let pixels = input(model, count: 1)
        let lens = LogitLens(norm: .own, addsBias: true)
        let all = try views(model, pixels, .attnOut, lens, LogitLens.Wish(top: 5))[0]
        let chosen = try views(model, pixels, .attnOut, lens, LogitLens.Wish(top: 5, classes: [3, 0, 3]))[0]
        #expect(chosen.top == all.top)
        #expect(all.ranks.isEmpty)
        for stream in 0..<2 {
            for position in 0..<model.architecture.positions {
                let best = all.top[stream][position].map(\.index)
                for (column, index) in [3, 0, 3].enumerated() {
                    #expect(chosen.logits[0, stream, position, column] == all.logits[0, stream, position, index])
                    #expect(chosen.ranks[stream][position][column] == best.firstIndex(of: index))
                }
            }
        }
    }

    @Test func streamsAreCalledAsViTPrismaCallsThem() throws {
        let architecture = try TinyModel(layers: 2).load().architecture
        let labels = { LogitLens.streams($0, of: architecture).map(\.label) }
        #expect(labels(.residPre) == ["0_pre", "1_pre", "final_post"])
        #expect(labels(.residMid) == ["0_mid", "1_mid"])
        #expect(labels(.residPost) == ["0_post", "1_post"])
        #expect(labels(.attnOut) == ["0_attn_out", "1_attn_out"])
        #expect(labels(.mlpOut) == ["0_mlp_out", "1_mlp_out"])
        var attentionOnly = architecture
        attentionOnly.isAttentionOnly = true
        #expect(LogitLens.streams(.residMid, of: attentionOnly).isEmpty)
    }

    @Test(arguments: AnalysisReference.golden)
    func theGoldenLensesAreMet(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let truth = try reference.tensors("logit_lens")
        let pixels = try reference.pixels()
        let lenses: [(LogitLens.Norm, Bool, String)] = [
            (.own, true, "logit_lens_full"), (.finalScale, false, "prisma_patch_logit_directions"),
        ]
        for (norm, bias, name) in lenses {
            let lens = LogitLens(norm: norm, addsBias: bias)
            let wish = LogitLens.Wish(top: 5, classes: nil)
            let entering = try views(model, pixels, .residPre, lens, wish)
            let between = try views(model, pixels, .residMid, lens, wish)
            for picture in 0..<2 {
                // The library interleaves: 0_pre, 0_mid, 1_pre, …
                let (pre, mid) = (entering[picture].logits, between[picture].logits)
                let mixed = (0..<mid.shape[1]).flatMap { stream in
                    [pre.slice(axis: 1, stream..<(stream + 1)), mid.slice(axis: 1, stream..<(stream + 1))]
                }
                let interleaved = Tensor.concatenated(
                    mixed + [pre.slice(axis: 1, (pre.shape[1] - 1)..<pre.shape[1])], axis: 1)
                for (ours, theirs) in [(pre, name), (interleaved, name + "_mid")] {
                    let expected = try #require(truth[theirs])
                    let own: Tensor
                    if norm == .own {
                        own = expected.slice(axis: 1, picture..<(picture + 1))  // [stream, picture, position, class]
                    } else {  // [picture, position, stream, class]
                        own = expected.rows(picture..<(picture + 1)).permuted([0, 2, 1, 3]).contiguous()
                    }
                    let difference = relativeDifference(ours, own.reshaped(ours.shape))
                    #expect(difference <= float32Tolerance, "\(theirs)")
                }
                guard norm == .own else { continue }
                let indices = try #require(truth["top5_index_cls"])
                let probabilities = try #require(truth["top5_prob_cls"])
                for stream in 0..<pre.shape[1] {
                    for (place, score) in entering[picture].top[stream][0].enumerated() {
                        #expect(score.index == Int(indices[stream, picture, place]))
                        #expect(abs(score.probability - Double(probabilities[stream, picture, place])) < 1e-5)
                    }
                }
            }
        }
    }

    @Test(arguments: AnalysisReference.golden)
    func theGoldenRanksAreMet(_ reference: AnalysisReference) throws {
        let model = try reference.load()
        let truth = try reference.tensors("logit_lens")
        let meta = try reference.meta()
        let chosen = try #require(meta["c1"]?.int)
        let lens = LogitLens(norm: .finalScale, addsBias: false)
        let view = try views(
            model, try reference.pixels(), .residPre, lens, LogitLens.Wish(top: 1, classes: [chosen]))[0]
        let ranks = try #require(truth["rank_of_c1_img0"])  // [position, stream]
        let best = try #require(truth["prisma_patch_top1_index_img0"])
        for position in 0..<ranks.shape[0] {
            for stream in 0..<ranks.shape[1] {
                #expect(view.ranks[stream][position] == [Int(ranks[position, stream])])
                #expect(view.top[stream][position].map(\.index) == [Int(best[position, stream])])
            }
        }
    }
}
