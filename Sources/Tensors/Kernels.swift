internal import CVectorKernels

/// An instruction set that the vector kernels are compiled for.
public enum InstructionSet: Int, CaseIterable, Sendable {
    case plain, avx2, avx512

    /// Whether this processor has it.
    public var isAvailable: Bool { Kernels(self) != nil }
}

/// The vector kernels of one instruction set.
///
/// `@unchecked Sendable` because: the table it points to is a constant of the program.
struct Kernels: @unchecked Sendable {
    let instructionSet: InstructionSet
    private let table: UnsafePointer<prisma_kernels>

    /// `nil` where this processor cannot run them.
    init?(_ instructionSet: InstructionSet) {
        guard let table = prisma_kernels_at(Int32(instructionSet.rawValue)) else { return nil }
        self.instructionSet = instructionSet
        self.table = table
    }

    var functions: prisma_kernels { table.pointee }

    /// Columns a packed panel has.
    var panel: Int { table.pointee.panel }

    /// The kernels all tensors use, chosen once: see ``KernelChoice``.
    static let current: Kernels = KernelChoice.choose()
}

/// An elementwise nonlinearity.
public enum Activation: String, CaseIterable, Sendable {
    case identity
    case relu
    /// x · Φ(x), exact.
    case gelu
    /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), called `gelu_new` and `gelu_fast` elsewhere.
    case geluTanh = "gelu_tanh"
    /// x · σ(1.702 x)
    case quickGELU = "quick_gelu"
    case silu

    var code: prisma_activation {
        switch self {
        case .identity: PRISMA_IDENTITY
        case .relu: PRISMA_RELU
        case .gelu: PRISMA_GELU
        case .geluTanh: PRISMA_GELU_TANH
        case .quickGELU: PRISMA_QUICK_GELU
        case .silu: PRISMA_SILU
        }
    }
}
