import HookedModels
import Tensors
import Testing

@Suite struct HookAgreementTests {
    private func agreement(
        _ values: [Float], _ truth: [Float], own: Double? = 1e-3, shape: [Int]? = nil, expected: [Int]? = nil
    ) -> HookAgreement {
        HookAgreement(
            "it", Tensor(shape: shape ?? [values.count], elements: values),
            truth: Tensor(shape: expected ?? [truth.count], elements: truth),
            float32Error: own)
    }

    @Test(
        arguments: [(0, true), (0.0029, true), (0.0031, false), (-0.0029, true), (-0.0031, false)] as [(Float, Bool)])
    func threeTimesTheLibrarysOwnErrorPasses(_ error: Float, _ passes: Bool) {
        let it = agreement([1, 2, 3 + error], [1, 2, 3])
        #expect(it.isWithin == passes)
        #expect(abs(it.error - Double(abs(error))) < 1e-6 && it.largest == 3 && it.allowed == 3e-3)
    }

    /// A library that happens to hit the truth does not ask for more than float32 can give.
    @Test func theLargestValueGivesTheLeastThatIsAllowed() {
        #expect(agreement([1], [1000], own: 0).allowed == 2e-3)
        #expect(abs(agreement([1], [1000], own: nil).allowed - 3 * HookAgreement.usualFloat32Error * 1000) < 1e-12)
        #expect(agreement([0], [0], own: nil).isWithin, "nothing is allowed, and nothing is wrong")
        #expect(!agreement([1e-30], [0], own: nil).isWithin)
    }

    @Test func infinitiesAgreeWithTheirLikeAlone() {
        let infinity = Float.infinity
        #expect(agreement([-infinity, 1], [-infinity, 1]).error == 0)
        #expect(agreement([-infinity, 1], [-infinity, 1]).largest == 1)
        for pair in [(infinity, -infinity), (infinity, 1), (1, infinity), (.nan, 1), (1, .nan), (.nan, .nan)] {
            #expect(agreement([pair.0], [pair.1]).error == .infinity)
            #expect(!agreement([pair.0], [pair.1]).isWithin)
        }
    }

    @Test func whatIsTheSameForAllInputsIsComparedWithEach() {
        #expect(agreement([1, 2, 1, 2], [1, 2], shape: [2, 2]).error == 0)
        #expect(agreement([1, 2, 1, 5], [1, 2], shape: [2, 2]).error == 3)
    }

    @Test(arguments: [[4], [2, 1], [1, 2, 2], [0]])
    func anotherShapeIsSaid(_ shape: [Int]) {
        let count = shape.reduce(1, *)
        let it = agreement([1, 2, 3, 4], Array([1, 2, 3, 4].prefix(count)), shape: [2, 2], expected: shape)
        #expect(it.problem?.contains("\(shape)") == true && !it.isWithin)
    }
}
