import Foundation
import HookedModels
import Testing

/// Every activation of every family against the float64 reference.
@Suite struct HookParityTests {
    static let models = ReferenceModel.fixtures + ReferenceModel.golden

    @Test(arguments: models)
    func everyHookAndTheOutputAreWithinTheTolerance(reference: ReferenceModel) throws {
        let expected = try #require(try reference.activations())
        try compare(try reference.load(), expected, "\(reference)")
    }

    /// The text towers of those that have one.
    @Test(arguments: ReferenceModel.withText)
    func everyHookAndTheOutputOfTheTextTowerAreWithinTheTolerance(reference: ReferenceModel) throws {
        let model = try #require(try reference.loadText())
        let expected = try #require(try reference.activations(.texts))
        try compare(model, expected, "\(reference), text")
    }

    private func compare(_ model: HookedModel, _ reference: ReferenceActivations, _ name: String) throws {
        let verification = try Verification(model, against: reference)
        // Libraries that have no hooks of their own show some places less than we do; none shows one that we lack.
        #expect(Set(verification.agreements.map(\.name)) == Set(reference.hooks + ["output"]))
        for hook in verification.agreements {
            #expect(hook.problem == nil && hook.float32Error != nil, "\(name): \(hook.name), \(hook.problem ?? "")")
            #expect(hook.isWithin, "\(name): \(hook.name) is off by \(hook.ratio) of what is allowed")
        }
        let worst = try #require(verification.worst)
        let part = worst.ratio.formatted(.number.precision(.fractionLength(3)))
        print("parity \(name): worst hook \(worst.name), \(part) of the allowed error")
    }
}
