import HookedModels
import Interpretability
import ServiceTesting
import Testing

@Suite struct PatchPathTests {
    private let architecture: Architecture

    init() throws { architecture = try TinyModel(layers: 3).load().architecture }

    private func receiver(_ site: SweepSite, _ layer: Int, heads: [Int]? = nil) throws -> Sweep {
        var chosen: [SweepAxis: [Int]] = [.layer: [layer]]
        chosen[.head] = heads
        return try Sweep(site, over: [], chosen: chosen, of: architecture)
    }

    /// A head is its pattern and its values; what two receivers have in common is captured once.
    @Test func receiversAreCapturedBeforeTheyAreHeld() throws {
        let path = PatchPath(
            to: [
                try receiver(.z, 2, heads: [2]), try receiver(.v, 2, heads: [0]), try receiver(.mlpOut, 1),
                try receiver(.post, 1),
            ], through: .direct, of: architecture)
        let captures = path.captures(after: 0)
        #expect(
            captures.map(\.hooks) == [
                ["blocks.1.mlp.hook_post"], ["blocks.2.attn.hook_v"], ["blocks.2.attn.hook_pattern"],
            ])
        #expect(captures.map(\.selection.heads) == [nil, [0, 2], [2]])
        #expect(path.bytesPerInput == (try HookPlan(captures, for: architecture).bytesPerInput))
    }

    @Test func onlyWhatComesAfterTheSenderIsReached() throws {
        let path = PatchPath(
            to: [try receiver(.q, 1), try receiver(.residMid, 1)], through: .direct, of: architecture)
        #expect(path.reach(from: 0) == 1...1)
        #expect(path.captures(after: 1).map(\.hooks) == [["blocks.1.hook_resid_mid"]])
        #expect(path.reach(from: 2) == nil)
        // Layers 0 and 1, then 1 and 2; layer 1, then 1 and 2; none.
        #expect((0..<3).map(path.blocks) == [4, 3, 0])
        #expect((0..<3).map(PatchPath(to: nil, through: .direct, of: architecture).blocks) == [3, 2, 1])
    }

    @Test func headsAreHeldAndMLPsUnlessTheyPassThingsOn() throws {
        let hooks = { (through: PatchPath.Through) in
            PatchPath(to: nil, through: through, of: architecture).held(from: 1)
        }
        #expect(hooks(.mlps) == ["blocks.1.attn.hook_z", "blocks.2.attn.hook_z"])
        #expect(Set(hooks(.direct)) == Set(hooks(.mlps) + ["blocks.1.hook_mlp_out", "blocks.2.hook_mlp_out"]))
        #expect(
            PatchPath(to: nil, through: .mlps, of: architecture).held(from: 1, stopAtLayer: 2) == [
                "blocks.1.attn.hook_z"
            ])
    }
}
