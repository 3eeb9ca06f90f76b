import Checkpoints
import HookedModels
import ServiceTesting
import Tensors
import Testing

/// What interventions do to a pass, whatever the weights.
@Suite struct InterventionTests {
    private static let everyLayout = TinyModel.Layout.allCases

    private func model(_ layout: TinyModel.Layout = .timm) throws -> HookedModel {
        try #require(ForwardPassTests.models[layout]).get()
    }

    private func run(
        _ model: HookedModel, _ pixels: Tensor, _ interventions: [Intervention], capturing hooks: [String] = [],
        on crew: Crew = .solo
    ) throws -> (output: Tensor, captures: [String: Tensor]) {
        let plan = try HookPlan(
            hooks.isEmpty ? [] : [CaptureRequest(hooks: hooks)], interventions: interventions,
            for: model.architecture, flags: model.flags)
        try plan.check(inputs: pixels.shape[0])
        let result = try #require(model.run([ForwardRequest(pixels: pixels, plan: plan)], on: crew).first)
        let captures = result.captures.map { ($0.name, $0.values.joined) }
        return (try #require(result.output).joined, Dictionary(uniqueKeysWithValues: captures))
    }

    private func number(_ value: Float) -> Tensor { Tensor(shape: [], elements: [value]) }

    /// Every hook of every layout: added nothing, multiplied by one, and set to what it was.
    @Test(arguments: everyLayout) func whatChangesNothingChangesNothing(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let pixels = Pictures.random(2, for: model)
        let plain = try run(model, pixels, [], capturing: ["*"])
        for hook in plain.captures.keys.sorted() where !hook.hasSuffix("attn_scores") {
            let changes: [Intervention.Change] = [
                .add(.constant(number(0))), .multiply(number(1)), .set(.stored(plain.captures)),
            ]
            for change in changes {
                let output = try run(model, pixels, [Intervention(hook, change)]).output
                #expect(Pictures.difference(output, plain.output) <= Pictures.rounding, "\(hook) \(change)")
            }
        }
    }

    /// What stands at a hook is what the rest of the pass is computed out of, at every hook of every layout.
    @Test(arguments: everyLayout) func everyHookReachesTheOutput(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let pixels = Pictures.random(1, for: model)
        let plain = try run(model, pixels, [], capturing: ["*"])
        for hook in plain.captures.keys.sorted() {
            let whole = try #require(plain.captures[hook])
            let width = try #require(whole.shape.last)
            // Every other element: a norm would take a factor of all of them out again.
            let factors = Tensor(shape: [width], elements: (0..<width).map { $0 % 2 == 0 ? 1.5 : 1 })
            let changed = try run(model, pixels, [Intervention(hook, .multiply(factors))], capturing: [hook])
            let expected = whole.elements.enumerated().map { $1 * ($0 % width % 2 == 0 ? 1.5 : 1) }
            let seen = try #require(changed.captures[hook])
            #expect(
                Pictures.difference(seen, Tensor(shape: whole.shape, elements: expected)) <= Pictures.rounding,
                "\(hook) as captured")
            #expect(Pictures.difference(changed.output, plain.output) > 1e-6, "\(hook) changes nothing")
        }
    }

    @Test func theyActInTheOrderGiven() throws {
        let model = try model()
        let pixels = Pictures.random(1, for: model)
        let hook = "blocks.1.hook_mlp_out"
        let add = Intervention(hook, .add(.constant(number(2))))
        let double = Intervention(hook, .multiply(number(2)))
        let plain = try run(model, pixels, [], capturing: [hook]).captures[hook]?.elements ?? []
        let first = try run(model, pixels, [add, double], capturing: [hook]).captures[hook]?.elements ?? []
        let second = try run(model, pixels, [double, add], capturing: [hook]).captures[hook]?.elements ?? []
        #expect(first == plain.map { ($0 + 2) * 2 })
        #expect(second == plain.map { $0 * 2 + 2 })
    }

    @Test func onlyTheChosenPartChanges() throws {
        let model = try model()
        let pixels = Pictures.random(2, for: model)
        let hook = "blocks.1.attn.hook_z"
        let selection = Selection(positions: .indices([0, -1]), heads: [1], features: [2, 0])
        let plain = try #require(try run(model, pixels, [], capturing: [hook]).captures[hook])
        let changed = try #require(
            try run(
                model, pixels, [Intervention(hook, .set(.constant(number(7))), at: selection, inputs: [1])],
                capturing: [hook]
            ).captures[hook])
        let (positions, heads, width) = (plain.shape[1], plain.shape[2], plain.shape[3])
        for index in 0..<plain.count {
            let place = (
                input: index / (positions * heads * width), position: index / (heads * width) % positions,
                head: index / width % heads, feature: index % width
            )
            let isChosen =
                place.input == 1 && [0, positions - 1].contains(place.position) && place.head == 1
                && [0, 2].contains(place.feature)
            #expect(changed.elements[index] == (isChosen ? 7 : plain.elements[index]), "\(place)")
        }
    }

    @Test func aPatternLosesItsEdges() throws {
        let model = try model()
        let pixels = Pictures.random(1, for: model)
        let hook = "blocks.0.attn.hook_pattern"
        let selection = Selection(positions: .indices([0]), heads: [0], keys: [1, 2])
        let pattern = try #require(
            try run(model, pixels, [.zero(hook, at: selection)], capturing: [hook]).captures[hook])
        #expect(pattern[0, 0, 0, 1] == 0 && pattern[0, 0, 0, 2] == 0)
        #expect(pattern[0, 0, 0, 3] > 0 && pattern[0, 1, 0, 1] > 0 && pattern[0, 0, 1, 1] > 0)
    }

    @Test func aDirectionIsTakenOut() throws {
        let model = try model()
        let pixels = Pictures.random(2, for: model)
        let hook = "blocks.2.hook_resid_pre"
        let direction = Tensor(
            shape: [model.architecture.width], elements: (0..<model.architecture.width).map { Float($0 % 5) - 1.5 })
        let stream = try #require(
            try run(model, pixels, [Intervention(hook, .projectOut(direction))], capturing: [hook]).captures[hook])
        let plain = try #require(try run(model, pixels, [], capturing: [hook]).captures[hook])
        let width = model.architecture.width
        for start in stride(from: 0, to: stream.count, by: width) {
            let along = { (x: Tensor) in
                (0..<width).reduce(0.0) { $0 + Double(x.elements[start + $1]) * Double(direction.elements[$1]) }
            }
            #expect(abs(along(stream)) < 1e-4 * max(1, abs(along(plain))))
        }
    }

    /// Copies reach over the shares of several threads, and bring what the source was changed to.
    @Test(arguments: [1, 2, 3]) func anotherInputsActivationIsCopied(_ threads: Int) throws {
        let model = try model()
        let pixels = Pictures.random(5, for: model)
        let hook = "blocks.0.hook_resid_pre"
        let output = try run(
            model, pixels, [Intervention(hook, .set(.input(0)), inputs: [1, 4])], on: Crew(width: threads)
        ).output
        let plain = try run(model, pixels, []).output
        for (row, expected) in [(0, 0), (1, 0), (2, 2), (3, 3), (4, 0)] {
            #expect(
                Pictures.difference(output.row(row), plain.row(expected)) <= Pictures.rounding, "row \(row)")
        }
        let changedBefore = try run(
            model, pixels,
            [.zero(hook, inputs: [0]), Intervention(hook, .set(.input(0)), inputs: [1])], capturing: [hook]
        ).captures[hook]
        #expect(changedBefore?.row(1).elements.allSatisfy { $0 == 0 } == true)
    }

    @Test(arguments: Intervention.Averaging.allCases) func means(_ over: Intervention.Averaging) throws {
        let model = try model()
        let pixels = Pictures.random(3, for: model)
        let hook = "blocks.1.attn.hook_z"
        let plain = try #require(try run(model, pixels, [], capturing: [hook]).captures[hook])
        let mean = try #require(
            try run(
                model, pixels, [Intervention(hook, .set(.mean(over: over)))],
                capturing: [hook]
            ).captures[hook])
        let (inputs, positions) = (plain.shape[0], plain.shape[1])
        for head in 0..<plain.shape[2] {
            for position in 0..<positions {
                let places = over == .inputs ? [position] : Array(0..<positions)
                let averaged = over == .positions ? [2] : Array(0..<inputs)
                let sum = averaged.reduce(0.0) { sum, input in
                    places.reduce(sum) { $0 + Double(plain[input, $1, head, 3]) }
                }
                let expected = sum / Double(averaged.count * places.count)
                #expect(abs(Double(mean[2, position, head, 3]) - expected) < 1e-5)
            }
        }
    }

    /// A batch shared with a request that changes everything gives the others what they give alone.
    @Test(arguments: [1, 2, 3]) func aChangedRequestLeavesOthersAlone(_ threads: Int) throws {
        let model = try model()
        let pixels = Pictures.random(4, for: model)
        let plain = try run(model, pixels, []).output
        let plans = try [
            HookPlan([], for: model.architecture),
            HookPlan([], interventions: [.zero("blocks.*")], for: model.architecture),
            HookPlan([], interventions: [Intervention("hook_embed", .set(.input(0)))], for: model.architecture),
        ]
        let results = model.run(
            [(0..<2, 0), (2..<3, 1), (3..<4, 0), (0..<2, 2)].map {
                ForwardRequest(pixels: pixels.rows($0.0), plan: plans[$0.1])
            }, on: Crew(width: threads))
        let first = try #require(results[0].output?.joined)
        #expect(Pictures.difference(first, plain.rows(0..<2)) <= Pictures.rounding)
        let third = try #require(results[2].output?.joined)
        #expect(Pictures.difference(third, plain.rows(3..<4)) <= Pictures.rounding)
        let changed = try #require(results[1].output?.joined)
        #expect(Pictures.difference(changed, plain.rows(2..<3)) > 1e-3)
    }

    /// Copies of one stream, each changed at another place: computed once up to the change, or each by itself.
    @Test(arguments: everyLayout, ["resid_pre", "attn.hook_q", "attn.hook_z", "attn.hook_pattern", "mlp_out"])
    func copiesGiveWhatEachGivesAlone(_ layout: TinyModel.Layout, _ hook: String) throws {
        let model = try model(layout)
        let name = hook.hasPrefix("attn.") ? "blocks.1.\(hook)" : "blocks.1.hook_\(hook)"
        guard HookTable(model.architecture, flags: model.flags).entries.contains(where: { $0.point.name == name })
        else { return }
        let pixels = Pictures.random(1, for: model)
        let plain = try run(model, pixels, [], capturing: ["blocks.1.hook_resid_pre"])
        let stream = try #require(plain.captures["blocks.1.hook_resid_pre"])
        let rows = 3
        let changes = (0..<rows).map { row in
            Intervention(
                name, .multiply(number(0.5)), at: Selection(positions: .indices([row])), inputs: [row])
        }
        let plan = try HookPlan([], interventions: changes, for: model.architecture, flags: model.flags)
        let copies = Tensor.concatenated(Array(repeating: stream, count: rows))
        let ids = Tensor.concatenated(Array(repeating: pixels, count: rows))
        for crew in [Crew(width: 1), Crew(width: 2)] {
            let outputs = try [true, false].map { areCopies in
                let request = ForwardRequest(
                    streams: copies, entering: 1, ids: ids, areCopies: areCopies, plan: plan)
                return try #require(model.run([request], on: crew).first?.output).joined
            }
            #expect(Pictures.difference(outputs[0], outputs[1]) <= Pictures.rounding)
            #expect(Pictures.difference(outputs[0].row(0), outputs[0].row(1)) > 1e-7, "the rows differ")
        }
    }

    /// A pass that begins at a layer with the streams that entered it gives what the whole pass gives.
    @Test(arguments: everyLayout) func aPassGoesOnFromAnyLayer(_ layout: TinyModel.Layout) throws {
        let model = try model(layout)
        let pixels = Pictures.random(3, for: model)
        let plain = try run(model, pixels, [], capturing: ["blocks.*.hook_resid_pre"])
        for layer in 0..<model.architecture.layers {
            let streams = try #require(plain.captures["blocks.\(layer).hook_resid_pre"])
            let request = ForwardRequest(streams: streams, entering: layer, ids: pixels, plan: .empty)
            let output = try #require(model.run([request]).first?.output).joined
            #expect(Pictures.difference(output, plain.output) <= Pictures.rounding, "from layer \(layer)")
        }
    }
}
