public import Tensors

/// How near one activation is to what a float64 reference gives.
///
/// What float32 arithmetic may differ by hangs on the place in the model, so the measure is the reference library itself:
/// three times the error that it has at this hook when it runs in float32, and at least 2e-6 of the largest value there.
public struct HookAgreement: Sendable, Equatable {
    /// The hook, or `output`.
    public let name: String
    /// The largest difference, absolute; infinite where a value is not a number, or where nothing could be compared.
    public let error: Double
    /// The library's own, in float32; `nil` where nobody measured it.
    public let float32Error: Double?
    /// The largest magnitude of the reference that is finite.
    public let largest: Double
    /// The largest ``error`` that passes.
    public let allowed: Double
    /// Why nothing could be compared, in words.
    public let problem: String?

    /// In place of the library's own error where nobody measured it, as a part of the largest value: the largest that
    /// transformers, timm and open_clip showed at any hook of our reference models.
    public static let usualFloat32Error = 9e-6

    /// Compares; values that are infinite on both sides agree.
    /// - Parameters:
    ///   - truth: one axis fewer than `values` where it is the same for all inputs, as positions are.
    ///   - atLeast: what is allowed in any case.
    public init(
        _ name: String, _ values: Tensor, truth: Tensor, float32Error: Double?, atLeast: Double = 0
    ) {
        var largest = 0.0
        let expected = truth.elements
        for value in expected where value.isFinite { largest = max(largest, Double(abs(value))) }
        self.name = name
        self.float32Error = float32Error
        self.largest = largest
        allowed = max(3 * (float32Error ?? Self.usualFloat32Error * largest), 2e-6 * largest, atLeast)
        guard truth.shape == values.shape || truth.shape[...] == values.shape.dropFirst(), truth.count > 0 else {
            error = .infinity
            problem = "the model has shape \(values.shape) here, the reference \(truth.shape)"
            return
        }
        error = Self.largestDifference(values.elements, expected)
        problem = nil
    }

    /// For a hook that cannot be compared.
    init(_ name: String, problem: String) {
        self.name = name
        self.problem = problem
        (error, float32Error, largest, allowed) = (.infinity, nil, 0, 0)
    }

    /// The part of what is allowed that is used up: up to 1 passes.
    public var ratio: Double { error == 0 ? 0 : error / allowed }

    /// Whether ``error`` is within what is allowed.
    public var isWithin: Bool { ratio <= 1 }

    /// - Parameter expected: repeated as often as it goes into `values`.
    private static func largestDifference(_ values: [Float], _ expected: [Float]) -> Double {
        var largest = 0.0
        for start in stride(from: 0, to: values.count, by: expected.count) {
            for (index, truth) in expected.enumerated() where values[start + index] != truth {
                let difference = Double(abs(values[start + index] - truth))
                if difference.isNaN { return .infinity }
                largest = max(largest, difference)
            }
        }
        return largest
    }
}
