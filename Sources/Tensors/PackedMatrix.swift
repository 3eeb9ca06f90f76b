internal import CVectorKernels
internal import Synchronization

/// A constant matrix, with its bias, laid out once for our own product kernels.
///
/// OpenBLAS packs the right-hand matrix anew at each call, which at the 50 rows of one picture costs a quarter of the
/// time. Here the columns lie in panels that the kernel reads from front to back:
/// ```
/// weight [K, N]            packed, panels of 32 columns
/// ┌────┬────┬──┐           ┌────┐┌────┐┌────┐
/// │ 0  │ 1  │2 │  K rows   │ 0  ││ 1  ││2 00│   K rows each; the last one is filled up with zeros
/// └────┴────┴──┘           └────┘└────┘└────┘
/// ```
public struct PackedMatrix: Sendable {
    /// K: the length of a row that is multiplied.
    public let inputWidth: Int
    /// N: the length of a row of the result.
    public let outputWidth: Int
    private let panels: Tensor
    private let bias: Tensor
    private let kernels: Kernels
    /// What ``transposed`` made.
    private let turned = Turned()

    /// - Parameters:
    ///   - weight: [K, N], any strides; `permuted` turns a PyTorch weight [N, K] without copying.
    ///   - bias: [N], zeros where absent.
    public init(_ weight: Tensor, bias: Tensor? = nil) { self.init(weight, bias: bias, kernels: .current) }

    /// As above, for an instruction set of choice. - Precondition: this processor has it.
    init(_ weight: Tensor, bias: Tensor? = nil, on instructionSet: InstructionSet) {
        guard let kernels = Kernels(instructionSet) else { preconditionFailure("\(instructionSet) is not available") }
        self.init(weight, bias: bias, kernels: kernels)
    }

    init(_ weight: Tensor, bias: Tensor? = nil, kernels: Kernels) {
        precondition(weight.rank == 2, "a matrix has two axes, not \(weight.shape)")
        precondition(bias.map { $0.shape == [weight.shape[1]] } ?? true, "bias \(bias?.shape ?? []) of \(weight.shape)")
        self.kernels = kernels
        inputWidth = weight.shape[0]
        outputWidth = weight.shape[1]
        let panel = kernels.panel
        let count = (outputWidth + panel - 1) / panel
        panels = Tensor(uninitialized: [count, inputWidth, panel])
        prisma_pack(
            weight.pointer, weight.layout.strides[0], weight.layout.strides[1], inputWidth, outputWidth, panel,
            panels.pointer)
        self.bias = Tensor(shape: [count * panel]) { span in
            let values = bias?.elements ?? []
            for index in span.indices { span[index] = index < values.count ? values[index] : 0 }
        }
    }

    /// Bytes held, those of ``transposed`` included once it was made.
    public var byteCount: Int { (panels.count + bias.count) * 4 + (turned.existing?.byteCount ?? 0) }

    /// activation(x · W + b).
    /// - Parameter x: [..., K].
    /// - Returns: [..., N].
    public func multiply(_ x: Tensor, activation: Activation = .identity, on crew: Crew = .solo) -> Tensor {
        let result = Tensor(uninitialized: x.shape.dropLast() + [outputWidth])
        compute(x, into: result.pointer, residual: nil, activation: activation, on: crew)
        return result
    }

    /// x · W, without the bias: [..., N].
    public func multiplyWithoutBias(_ x: Tensor, on crew: Crew = .solo) -> Tensor {
        let result = Tensor(uninitialized: x.shape.dropLast() + [outputWidth])
        let zeros = Tensor(repeating: 0, shape: bias.shape)
        compute(x, into: result.pointer, residual: nil, bias: zeros, activation: .identity, on: crew)
        return result
    }

    /// sum + x · W + b, in place where `sum` is the one owner of its elements.
    /// - Parameters:
    ///   - x: [..., K].
    ///   - sum: [..., N], as many rows as `x`.
    public func multiply(_ x: Tensor, addingTo sum: inout Tensor, on crew: Crew = .solo) {
        precondition(sum.shape.dropLast() == x.shape.dropLast(), "\(x.shape) added to \(sum.shape)")
        if sum.isUniqueAndContiguous() {
            compute(x, into: sum.pointer, residual: sum.pointer, activation: .identity, on: crew)
        } else {
            let before = sum.contiguous()
            sum = Tensor(uninitialized: before.shape)
            compute(x, into: sum.pointer, residual: before.pointer, activation: .identity, on: crew)
            withExtendedLifetime(before) {}
        }
    }

    /// sum + activation(x · first) · second, block by block of rows, so that a block's inner values are still in the cache
    /// when the second matrix reads them, and the whole of them is never in memory.
    public static func multiply(
        _ x: Tensor, through first: PackedMatrix, _ activation: Activation, _ second: PackedMatrix,
        addingTo sum: inout Tensor, on crew: Crew = .solo
    ) {
        let rows = x.shape.dropLast().reduce(1, *)
        let source = x.reshaped([rows, first.inputWidth])
        if !sum.isUniqueAndContiguous() { sum = sum.copied() }
        for start in stride(from: 0, to: rows, by: rowsAtOnce) {
            let block = source.rows(start..<min(start + rowsAtOnce, rows))
            let inner = first.multiply(block, activation: activation, on: crew)
            let target = sum.pointer + start * second.outputWidth
            second.compute(inner, into: target, residual: target, activation: .identity, on: crew)
        }
    }

    private static let rowsAtOnce = 100

    /// The matrix as it was before packing: [K, N].
    public func unpacked() -> Tensor {
        // [panel, K, column] → [K, panel, column], cut to N.
        let rows = panels.permuted([1, 0, 2]).reshaped([inputWidth, panels.shape[0] * panels.shape[2]])
        return rows.slice(axis: 1, 0..<outputWidth).contiguous()
    }

    /// The bias as it was before packing, zeros where there was none: [N].
    public func unpackedBias() -> Tensor { bias.rows(0..<outputWidth).copied() }

    /// [N, K] without a bias, for gradients: x · Wᵀ. Packed when it is first asked for and then kept, for a second packing
    /// takes the memory of the first, and most servers never need it.
    public var transposed: PackedMatrix {
        turned.matrix { PackedMatrix(unpacked().permuted([1, 0]), kernels: kernels) }
    }

    private func compute(
        _ x: Tensor, into result: UnsafeMutablePointer<Float>, residual: UnsafeMutablePointer<Float>?,
        bias other: Tensor? = nil, activation: Activation, on crew: Crew
    ) {
        precondition(x.shape.last == inputWidth, "\(x.shape) times [\(inputWidth), \(outputWidth)]")
        let (source, stride) = x.rowsInMemory()
        let bias = other ?? bias
        var gemm = prisma_gemm()
        gemm.a = UnsafePointer(source.pointer)
        gemm.a_stride = stride
        gemm.panels = UnsafePointer(panels.pointer)
        gemm.bias = UnsafePointer(bias.pointer)
        gemm.residual = residual.map { UnsafePointer($0) }
        gemm.residual_stride = outputWidth
        gemm.c = result
        gemm.c_stride = outputWidth
        gemm.m = x.shape.dropLast().reduce(1, *)
        gemm.n = outputWidth
        gemm.k = inputWidth
        gemm.activation = activation.code
        let panelCount = panels.shape[0]
        let whole = UncheckedBox(gemm)
        crew.split(panelCount) { range in
            var share = whole.value
            share.first_panel = range.lowerBound
            share.end_panel = range.upperBound
            kernels.functions.gemm(&share)
        }
        withExtendedLifetime((source, bias)) {}
    }
}

/// A place for the transposed matrix, which is made once.
private final class Turned: Sendable {
    private let made = Mutex<PackedMatrix?>(nil)

    var existing: PackedMatrix? { made.withLock { $0 } }

    func matrix(_ make: () -> PackedMatrix) -> PackedMatrix {
        made.withLock { matrix in
            if let matrix { return matrix }
            let new = make()
            matrix = new
            return new
        }
    }
}
