import ServiceTesting
import Testing

@testable import HookedModels

@Suite struct FamilyCatalogTests {
    /// A family without a checkpoint in its layout would be a family that no test reads: add it to ``TinyModel/Layout``.
    @Test(arguments: FamilyCatalog.all.map(\.name))
    func everyFamilyReadsACheckpointInItsLayout(_ name: String) throws {
        let layouts = TinyModel.Layout.allCases.filter { $0.family == name }
        #expect(!layouts.isEmpty)
        for layout in layouts {
            #expect(try TinyModel(layout).load().family == name)
            #expect(try TinyModel(layout).load(options: ModelOptions(family: name)).family == name)
        }
    }

    @Test func namesAreUniqueAndSummariesThere() {
        let names = FamilyCatalog.all.map(\.name)
        #expect(Set(names).count == names.count)
        for family in FamilyCatalog.all { #expect(!family.summary.isEmpty, "\(family.name)") }
    }

    /// No configuration is two families'.
    @Test(arguments: TinyModel.Layout.allCases)
    func aConfigurationIsRecognisedByOneFamily(_ layout: TinyModel.Layout) throws {
        let configuration = try #require(TinyModel(layout).checkpoint.configuration)
        #expect(FamilyCatalog.all.filter { $0.recognises(configuration) }.map(\.name) == [layout.family])
    }
}
