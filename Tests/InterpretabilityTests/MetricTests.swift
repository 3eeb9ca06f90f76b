import Interpretability
import Tensors
import Testing

/// Metrics against their definitions, and their derivatives against differences.
@Suite struct MetricTests {
    private static let output: [Float] = [0.5, -1.25, 2, 0.125]
    private static let other: [Float] = [1, 0.25, -0.5, 0.75]
    private static let texts = TextReading(
        labels: ["a", "b", "c"],
        directions: Tensor(shape: [3, 4], elements: [8, 0, 6, 0, 0, 10, 0, 0, 6, 0, 0, -8]))

    static let metrics: [Metric] = [
        Metric(.logit, classes: [2]), Metric(.probability, classes: [0]), Metric(.logProbability, classes: [1]),
        Metric(.logitDifference, classes: [0, 3]), Metric(.loss, classes: [3]), Metric(.kl), Metric(.cosine),
    ].flatMap { metric in
        [nil, texts].map { reading in
            let classes = metric.classes.map { reading == nil ? $0 : $0 % 3 }
            return Metric(metric.kind, classes: classes, reading: reading)
        }
    }

    @Test func valuesAreTheDefinitions() {
        let (x, y) = (Tensor(shape: [4], elements: Self.output), Tensor(shape: [4], elements: Self.other))
        // exp of 0.5, −1.25, 2, 0.125 and their sum 1.6487213 + 0.2865048 + 7.3890561 + 1.1331485.
        let sum = 10.4574307
        #expect(Metric(.logit, classes: [2])(x) == 2)
        #expect(Metric(.logitDifference, classes: [2, 1])(x) == 3.25)
        #expect(abs(Metric(.probability, classes: [0])(x) - 1.6487213 / sum) < 1e-7)
        #expect(abs(Metric(.loss, classes: [2])(x) + Metric(.logProbability, classes: [2])(x)) < 1e-12)
        #expect(abs(Metric(.cosine)(x, reference: x) - 1) < 1e-12 && abs(Metric(.kl)(x, reference: x)) < 1e-12)
        #expect(Metric(.kl)(x, reference: y) > 0)
        #expect(Metric(.logit, classes: [0]).answer(x) == 2)
    }

    /// Unit length, times the direction: 10 · (0.8 · 0.5 + 0.6 · 2)/|x|.
    @Test func textsAreCosines() {
        let x = Tensor(shape: [4], elements: Self.output)
        let length = (0.25 + 1.5625 + 4 + 0.015625).squareRoot()
        let value = Metric(.logit, classes: [0], reading: Self.texts)(x)
        #expect(abs(value - (8 * 0.5 + 6 * 2) / length) < 1e-9)
    }

    @Test(arguments: metrics) func derivativesAreSlopes(_ metric: Metric) {
        let reference = Tensor(shape: [4], elements: Self.other)
        let slope = metric.gradient(Tensor(shape: [4], elements: Self.output), reference: reference)
        for index in Self.output.indices {
            let step: Float = 0x1p-7
            let value = { (sign: Float) in
                var moved = Self.output
                moved[index] += sign * step
                return metric(Tensor(shape: [4], elements: moved), reference: reference)
            }
            let difference = (value(1) - value(-1)) / Double(2 * step)
            #expect(abs(difference - Double(slope[index])) < 2e-3 * max(1, abs(difference)), "\(metric.kind) \(index)")
        }
    }

    @Test func aPositionIsARow() {
        let output = Tensor(shape: [2, 4], elements: Self.other + Self.output)
        let metric = Metric(.logit, classes: [2], position: 1)
        #expect(metric(output) == 2)
        #expect(metric.gradient(output).elements == [0, 0, 0, 0, 0, 0, 1, 0])
    }
}
