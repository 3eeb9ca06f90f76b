import Checkpoints
import Foundation
import ServiceTesting
import Tensors
import Testing
import TextNumbers

@testable import HookedModels

@Suite struct HookTableTests {
    static let everyFlag = HookFlags(
        useAttnResult: true, useSplitQKVInput: true, useAttnIn: true, useHookMLPIn: true)

    static let flags = [
        HookFlags(), HookFlags(useAttnResult: true), HookFlags(useSplitQKVInput: true), HookFlags(useAttnIn: true),
        HookFlags(useHookMLPIn: true), everyFlag,
    ]

    /// The order in which the reference saw them fire.
    @Test(arguments: Golden.models)
    func hooksStandInTheOrderOfFiring(_ name: String) throws {
        let folder = Golden.fixtures.appending(path: "models/\(name)")
        let info = try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: "info.json"))))
        let model = try HookedModel(Checkpoint(path: folder.appending(path: "checkpoint").path))
        let architecture = model.architecture
        let order = try #require(info["order"]?.array).compactMap(\.string)
        #expect(HookTable(architecture, flags: model.flags).entries.map(\.point.name) == order)
        guard let flagged = info["order_flags"]?.array?.compactMap(\.string) else { return }
        #expect(HookTable(architecture, flags: Self.everyFlag).entries.map(\.point.name) == flagged)
    }

    @Test(arguments: TinyModel.Layout.allCases)
    func everySiteStandsOnceALayer(_ layout: TinyModel.Layout) throws {
        let model = TinyModel(layout, layers: 3)
        let architecture = try model.load().architecture
        let points = HookTable(possible: architecture).entries.map(\.point)
        #expect(Set(points).count == points.count)
        for site in Site.allCases {
            let own = points.filter { $0.site == site }
            switch site {
            case _ where !architecture.has(site): #expect(own.isEmpty, "\(site)")
            case _ where site.isInBlock: #expect(own.map(\.layer) == [0, 1, 2], "\(site)")
            default: #expect(own.map(\.layer) == [nil], "\(site)")
            }
        }
    }

    /// Under each combination of flags, what the pass gives has the names, the order and the shapes that were announced.
    @Test(arguments: TinyModel.Layout.allCases, flags)
    func thePassGivesTheShapesOfTheTable(_ layout: TinyModel.Layout, _ flags: HookFlags) throws {
        let model = try TinyModel(layout, image: 16).load()
        let entries = HookTable(model.architecture, flags: flags).entries
        let result = try run(model, inputs: 2, flags: flags)
        #expect(result.captures.map(\.name) == entries.map(\.point.name))
        for (capture, entry) in zip(result.captures, entries) {
            #expect(capture.values.shape == [2] + entry.shape, "\(capture.name)")
            #expect(entry.axes.count == entry.shape.count, "\(capture.name)")
            #expect(entry.bytesPerInput == entry.shape.reduce(4, *), "\(capture.name)")
        }
    }

    @Test func whatNeedsAFlagNamesItAndNothingElseDoes() throws {
        let architecture = try TinyModel().load().architecture
        let without = Set(HookTable(architecture, flags: HookFlags()).entries.map(\.point))
        for entry in HookTable(possible: architecture).entries {
            #expect((entry.flag == nil) == without.contains(entry.point), "\(entry.point)")
        }
        #expect(HookFlags.name(enabling: .result) == "use_attn_result")
        #expect(HookFlags.name(enabling: .qInput) == "use_split_qkv_input")
        #expect(HookFlags.name(enabling: .attnIn) == "use_attn_in")
        #expect(HookFlags.name(enabling: .mlpIn) == "use_hook_mlp_in")
    }

    @Test(arguments: 0...3)
    func aModelThatStopsHasTheBlocksBeforeTheStopAndNothingAfter(_ layers: Int) throws {
        let architecture = try TinyModel(layers: 3).load().architecture
        let all = HookTable(architecture, flags: HookFlags()).entries.map(\.point)
        let stopped = HookTable(architecture, flags: HookFlags(), layers: layers, stopsEarly: true).entries.map(\.point)
        #expect(stopped == Array(all.prefix(stopped.count)))
        #expect(stopped.count == 3 + layers * (all.count - 7) / 3)
    }

    private func run(_ model: HookedModel, inputs: Int, flags: HookFlags) throws -> ForwardResult {
        let plan = try HookPlan([CaptureRequest(hooks: ["*"])], for: model.architecture, flags: flags)
        return try #require(
            model.run([ForwardRequest(pixels: Pictures.random(inputs, for: model), plan: plan)]).first)
    }
}
