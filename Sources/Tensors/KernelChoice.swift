import Synchronization

/// Chooses the instruction set by a short measurement.
///
/// Wider is not always faster: on processors that run AVX-512 in two halves the AVX2 kernels lose nothing, and some
/// lower their clock. So each candidate multiplies a matrix of a transformer's shape a few times, and the fastest stays.
public enum KernelChoice {
    private static let requested = Mutex<InstructionSet?>(nil)

    /// Names the instruction set instead of measuring; has an effect before the first tensor is computed only.
    public static func request(_ instructionSet: InstructionSet) { requested.withLock { $0 = instructionSet } }

    /// The instruction set in use.
    public static var current: InstructionSet { Kernels.current.instructionSet }

    static func choose() -> Kernels {
        let candidates = InstructionSet.allCases.compactMap(Kernels.init)
        if let wish = requested.withLock({ $0 }), let kernels = candidates.first(where: { $0.instructionSet == wish }) {
            return kernels
        }
        let vectorised = candidates.filter { $0.instructionSet != .plain }
        guard vectorised.count > 1 else { return vectorised.first ?? candidates[0] }
        return vectorised.map { (kernels: $0, time: time($0)) }.min { $0.time < $1.time }?.kernels ?? vectorised[0]
    }

    /// The best of several runs, so that a busy neighbour does not decide.
    private static func time(_ kernels: Kernels) -> Duration {
        let width = 256
        let weight = Tensor(repeating: 0.5, shape: [width, width])
        let matrix = PackedMatrix(weight, kernels: kernels)
        let rows = Tensor(repeating: 0.25, shape: [48, width])
        return (0..<12).map { _ in ContinuousClock().measure { _ = matrix.multiply(rows) } }.min() ?? .zero
    }
}
