import ServiceTesting
import Testing

@testable import HookedModels

@Suite struct HookPlanTests {
    static let vit = TinyModel(layers: 3)
    static let pooled = TinyModel(.timmPooled)

    private func architecture(_ model: TinyModel = vit) throws -> Architecture { try model.load().architecture }

    private func plan(
        _ hooks: [String], _ selection: Selection = .all, flags: HookFlags = HookFlags(), stopAtLayer: Int? = nil,
        of model: TinyModel = vit
    ) throws -> HookPlan {
        try HookPlan(
            [CaptureRequest(hooks: hooks, selection: selection)], for: architecture(model), flags: flags,
            stopAtLayer: stopAtLayer)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let captures: [CaptureRequest]
        var flags = HookFlags()
        var stop: Int?
        var model = HookPlanTests.vit
        let capture: Int?
        let hook: Int?
        let reason: HookPlanError.Reason
    }

    static let refusals = [
        Refusal(
            testDescription: "a pattern without a match", captures: [.init(hooks: ["hook_embed", "blocks.7.*"])],
            capture: 0, hook: 1,
            reason: .noMatch("blocks.7.*")),
        Refusal(
            testDescription: "a bad pattern", captures: [.init(hooks: ["hook_embed"]), .init(hooks: ["[z-a]"])],
            capture: 1, hook: 0,
            reason: .badPattern("[z-a]", reason: "a range of the [ at character 1 is empty")),
        Refusal(
            testDescription: "a flag that is off", captures: [.init(hooks: ["blocks.1.attn.hook_result"])], capture: 0,
            hook: 0,
            reason: .flagIsOff("blocks.1.attn.hook_result", flag: "use_attn_result")),
        Refusal(
            testDescription: "a pattern of hooks whose flag is off", captures: [.init(hooks: ["*.hook_[qkv]_input"])],
            flags: HookFlags(useAttnIn: true), capture: 0, hook: 0,
            reason: .flagIsOff("blocks.0.hook_q_input", flag: "use_split_qkv_input")),
        Refusal(
            testDescription: "another flag that is off", captures: [.init(hooks: ["blocks.0.hook_attn_in"])],
            flags: HookFlags(useSplitQKVInput: true), capture: 0, hook: 0,
            reason: .flagIsOff("blocks.0.hook_attn_in", flag: "use_attn_in")),
        Refusal(
            testDescription: "the MLP's flag that is off", captures: [.init(hooks: ["blocks.*.hook_mlp_in"])],
            capture: 0, hook: 0,
            reason: .flagIsOff("blocks.0.hook_mlp_in", flag: "use_hook_mlp_in")),
        Refusal(
            testDescription: "a layer behind the stop", captures: [.init(hooks: ["blocks.2.hook_resid_pre"])], stop: 2,
            capture: 0,
            hook: 0, reason: .notReached("blocks.2.hook_resid_pre", stopAtLayer: 2)),
        Refusal(
            testDescription: "the head behind the stop", captures: [.init(hooks: ["hook_post*"])], stop: -1, capture: 0,
            hook: 0,
            reason: .notReached("hook_post_head_pre_normalize", stopAtLayer: -1)),
        Refusal(
            testDescription: "a stop above the layers", captures: [], stop: 4, capture: nil, hook: nil,
            reason: .layerOutOfRange(4, layers: 3)),
        Refusal(
            testDescription: "a stop below the layers", captures: [], stop: -4, capture: nil, hook: nil,
            reason: .layerOutOfRange(-4, layers: 3)),
        Refusal(
            testDescription: "the smallest integer as a stop", captures: [], stop: .min, capture: nil, hook: nil,
            reason: .layerOutOfRange(.min, layers: 3)),
        Refusal(
            testDescription: "heads of a hook without heads",
            captures: [.init(hooks: ["hook_embed"], selection: .init(heads: [0]))],
            capture: 0, hook: nil, reason: .noSuchAxis(field: "heads")),
        Refusal(
            testDescription: "features of a hook without features",
            captures: [.init(hooks: ["*.hook_pattern"], selection: .init(features: [0]))], capture: 0, hook: nil,
            reason: .noSuchAxis(field: "features")),
        Refusal(
            testDescription: "positions of a hook without positions",
            captures: [.init(hooks: ["hook_post_head_pre_normalize"], selection: .init(positions: .cls))], capture: 0,
            hook: nil,
            reason: .noSuchAxis(field: "positions")),
        Refusal(
            testDescription: "a reduction of a hook without positions",
            captures: [.init(hooks: ["hook_post_head_pre_normalize"], selection: .init(reduction: .mean))], capture: 0,
            hook: nil,
            reason: .noSuchAxis(field: "reduce")),
        Refusal(
            testDescription: "the class token of a model without one",
            captures: [.init(hooks: ["hook_full_embed"], selection: .init(positions: .cls))], model: pooled, capture: 0,
            hook: nil,
            reason: .noClassToken),
        Refusal(
            testDescription: "a position that is not there",
            captures: [.init(hooks: ["hook_full_embed"], selection: .init(positions: .indices([0, 17])))], capture: 0,
            hook: nil,
            reason: .outOfRange(field: "positions", index: 17, hook: "hook_full_embed", count: 17)),
        Refusal(
            testDescription: "a position before the first",
            captures: [.init(hooks: ["hook_full_embed"], selection: .init(positions: .indices([-18])))], capture: 0,
            hook: nil,
            reason: .outOfRange(field: "positions", index: -18, hook: "hook_full_embed", count: 17)),
        Refusal(
            testDescription: "a position that hook_embed, without class token, has not",
            captures: [.init(hooks: ["hook_embed"], selection: .init(positions: .indices([16])))], capture: 0,
            hook: nil,
            reason: .outOfRange(field: "positions", index: 16, hook: "hook_embed", count: 16)),
        Refusal(
            testDescription: "a head that is not there",
            captures: [.init(hooks: ["blocks.0.attn.hook_z"], selection: .init(heads: [3]))], capture: 0, hook: nil,
            reason: .outOfRange(field: "heads", index: 3, hook: "blocks.0.attn.hook_z", count: 3)),
        Refusal(
            testDescription: "a feature that one of several hooks has not",
            captures: [.init(hooks: ["blocks.0.{mlp.hook_pre,hook_mlp_out}"], selection: .init(features: [30]))],
            capture: 0,
            hook: nil, reason: .outOfRange(field: "features", index: 30, hook: "blocks.0.hook_mlp_out", count: 24)),
        Refusal(
            testDescription: "the smallest integer as a position",
            captures: [.init(hooks: ["hook_full_embed"], selection: .init(positions: .indices([.min])))], capture: 0,
            hook: nil,
            reason: .outOfRange(field: "positions", index: .min, hook: "hook_full_embed", count: 17)),
        Refusal(
            testDescription: "two selections of one hook",
            captures: [
                .init(hooks: ["blocks.0.hook_resid_pre"], selection: .init(positions: .cls)),
                .init(hooks: ["*.hook_resid_pre"]),
            ], capture: 1, hook: 0, reason: .twoSelections("blocks.0.hook_resid_pre")),
        Refusal(
            testDescription: "two reductions of one hook",
            captures: [
                .init(hooks: ["hook_full_embed"], selection: .init(reduction: .mean)),
                .init(hooks: ["hook_full_embed"], selection: .init(reduction: .max)),
            ], capture: 1, hook: 0, reason: .twoSelections("hook_full_embed")),
    ]

    @Test(arguments: refusals)
    func aPlanThatCannotBeMadeSaysWhereAndWhy(_ refusal: Refusal) throws {
        let architecture = try architecture(refusal.model)
        let error = try #require(throws: HookPlanError.self) {
            try HookPlan(refusal.captures, for: architecture, flags: refusal.flags, stopAtLayer: refusal.stop)
        }
        #expect(error.reason == refusal.reason)
        #expect(error.subject == (refusal.capture.map { .capture($0, hook: refusal.hook) } ?? .stop))
    }

    @Test func anUnknownNameBringsTheKnownOnes() throws {
        let error = try #require(throws: HookPlanError.self) { try plan(["blocks.0.hook_resid_prae"]) }
        guard case .unknownHook("blocks.0.hook_resid_prae", let known) = error.reason else {
            Issue.record("\(error.reason)")
            return
        }
        #expect(known.contains("blocks.0.hook_resid_pre"))
        #expect(known.contains("blocks.0.attn.hook_result"), "hooks that a flag would bring are known, too")
    }

    @Test(arguments: [(-3, 0), (-2, 1), (-1, 2), (0, 0), (1, 1), (2, 2), (3, 3)])
    func stopsCountAsInPython(_ stop: Int, _ layers: Int) throws {
        let plan = try plan(["*"], stopAtLayer: stop)
        #expect(plan.stopAtLayer == layers)
        #expect(plan.captures.filter { $0.name.hasSuffix("hook_resid_pre") }.count == layers)
        #expect(!plan.captures.contains { $0.name.contains("ln_final") || $0.name.contains("post_head") })
    }

    struct Choice: Sendable, CustomTestStringConvertible {
        let hook: String
        let selection: Selection
        let shape: [Int]

        var testDescription: String { "\(hook) \(shape)" }
    }

    @Test(arguments: [
        Choice(hook: "hook_full_embed", selection: .all, shape: [17, 24]),
        Choice(hook: "hook_full_embed", selection: .init(positions: .cls), shape: [1, 24]),
        Choice(hook: "hook_full_embed", selection: .init(positions: .patches), shape: [16, 24]),
        Choice(hook: "hook_full_embed", selection: .init(positions: .indices([-1])), shape: [1, 24]),
        Choice(hook: "hook_full_embed", selection: .init(positions: .indices([3, 1, 3])), shape: [3, 24]),
        Choice(hook: "hook_full_embed", selection: .init(features: [0, -1]), shape: [17, 2]),
        Choice(hook: "hook_full_embed", selection: .init(positions: .patches, reduction: .mean), shape: [1, 24]),
        Choice(hook: "hook_embed", selection: .init(positions: .cls), shape: [0, 24]),
        Choice(hook: "hook_embed", selection: .init(positions: .patches), shape: [16, 24]),
        Choice(hook: "blocks.0.attn.hook_pattern", selection: .init(positions: .cls), shape: [3, 1, 17]),
        Choice(
            hook: "blocks.0.attn.hook_pattern", selection: .init(positions: .indices([2]), heads: [-1]),
            shape: [1, 1, 17]),
        Choice(hook: "blocks.0.attn.hook_pattern", selection: .init(reduction: .max), shape: [3, 1, 17]),
        Choice(hook: "blocks.0.attn.hook_z", selection: .init(heads: [2, 0], features: [1]), shape: [17, 2, 1]),
        Choice(hook: "blocks.0.ln1.hook_scale", selection: .init(positions: .cls), shape: [1, 1]),
        Choice(hook: "hook_post_head_pre_normalize", selection: .init(features: [4]), shape: [1]),
    ])
    func aSelectionGivesItsShape(_ choice: Choice) throws {
        let plan = try plan([choice.hook], choice.selection)
        let capture = try #require(plan.captures.first)
        #expect(capture.name == choice.hook)
        #expect(capture.shape == choice.shape)
        #expect(plan.bytesPerInput == choice.shape.reduce(4, *))
    }

    /// Pooled models have patches only: all positions are patches.
    @Test func withoutClassTokenThePatchesAreEverything() throws {
        let plan = try plan(["hook_full_embed"], .init(positions: .patches), of: Self.pooled)
        #expect(plan.captures.first?.shape == [16, 24])
    }

    /// A slice applies to those of the hooks that have the axis.
    @Test func aSliceLeavesHooksWithoutTheAxisWhole() throws {
        let plan = try plan(["blocks.0.attn.hook_z", "blocks.0.hook_resid_pre"], .init(heads: [0]))
        #expect(plan.captures.map(\.shape) == [[17, 24], [17, 1, 8]])
    }

    @Test func theSameHookTwiceInOneWayIsOneCapture() throws {
        let plan = try plan(["hook_full_embed", "hook_full_*", "hook_{full,pos}_embed"])
        #expect(plan.captures.map(\.name) == ["hook_pos_embed", "hook_full_embed"])
    }

    /// Whatever a request repeats, the figures stay figures: they end at the largest integer instead of overflowing.
    @Test func repeatedIndicesWithoutEndDoNotOverflow() throws {
        let selection = Selection(
            positions: .indices(Array(repeating: 0, count: 65_536)), heads: Array(repeating: 0, count: 65_536),
            features: Array(repeating: 0, count: 1_048_576))
        let flags = HookTableTests.everyFlag
        let plan = try plan(["blocks.*.{attn.hook_[qkvz],attn.hook_result,hook_?_input}"], selection, flags: flags)
        #expect(plan.captures.allSatisfy { $0.shape == [65_536, 65_536, 1_048_576] })
        #expect(plan.bytesPerInput == plan.captures.count << 54)
        #expect(plan.captures.count == 24)
        #expect(HookPlan.bytes(of: plan.captures.map(\.shape), inputs: 256) == .max)
        let one = try #require(plan.captures.first)
        #expect(HookPlan.bytes(of: [one.shape], inputs: 1) == 1 << 54)
        #expect(HookPlan.bytes(of: [one.shape], inputs: 1 << 12) == .max)
    }
}
