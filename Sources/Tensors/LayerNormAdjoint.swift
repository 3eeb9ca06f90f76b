internal import CVectorKernels

/// The adjoint of a layer norm over the last axis (Ba et al. 2016, arXiv:1607.06450).
///
/// With c = x − mean and s the scale that was divided by:
///
///     ∂scale = −Σ gradient · weight · c / s²
///     ∂x = (gradient · weight − mean(gradient · weight)) / s + ∂scale · c / (d · √(variance + eps))
///
/// The two steps stand apart, so that the gradient at the scale can be read, and changed, in between: there the scale is the
/// variable and the centred row is held.
public struct LayerNormAdjoint {
    private let x: Tensor
    private let stride: Int
    private let gradient: Tensor
    private let weight: Tensor?
    private let scale: Tensor?
    private let eps: Float
    private let crew: Crew
    private let width: Int

    /// - Parameters:
    ///   - x: what was normalised, [..., d].
    ///   - gradient: by the normalised rows, of the same shape.
    ///   - weight: [d], or `nil` for 1.
    ///   - scale: [..., 1], what was divided by, where that was not x's own scale.
    public init(
        of x: Tensor, _ gradient: Tensor, weight: Tensor?, scale: Tensor? = nil, eps: Float, on crew: Crew = .solo
    ) {
        precondition(x.shape == gradient.shape, "\(gradient.shape) is no gradient by \(x.shape)")
        width = Swift.max(x.shape.last ?? 1, 1)
        (self.x, stride) = x.rowsInMemory()
        self.gradient = gradient.contiguous()
        self.weight = weight?.contiguous()
        self.scale = scale?.contiguous()
        self.eps = eps
        self.crew = crew
    }

    /// The gradient by the scale: [..., 1].
    public var byScale: Tensor {
        let result = Tensor(uninitialized: x.shape.dropLast() + [1])
        run { $0.scale_gradient_out = result.pointer + $1 }
        return result
    }

    /// The gradient by x.
    /// - Parameter byScale: by the scale, [..., 1]; ``byScale`` unless given.
    public func byInput(scale byScale: Tensor? = nil) -> Tensor {
        let result = Tensor(uninitialized: x.shape)
        let slopes = byScale?.contiguous()
        run {
            $0.scale_gradient = slopes.map { UnsafePointer($0.pointer) }.map { [row = $1] in $0 + row }
            $0.y = result.pointer + $1 * width
        }
        withExtendedLifetime(slopes) {}
        return result
    }

    /// Adds to the gradients of weight and bias, each [d].
    public func add(weight weightGradient: inout Tensor, bias biasGradient: inout Tensor) {
        precondition(
            weightGradient.count == width && biasGradient.count == width, "\(weightGradient.shape) of \(width)")
        weightGradient.makeUnique()
        biasGradient.makeUnique()
        call(0..<(x.count / width)) { norm, _ in
            norm.w_gradient = weightGradient.pointer
            norm.b_gradient = biasGradient.pointer
        }
    }

    private func run(_ set: (inout prisma_layer_norm_adjoint, _ row: Int) -> Void) {
        withoutActuallyEscaping(set) { set in
            let box = UncheckedBox((set: set, adjoint: self))
            crew.split(x.count / width, atLeast: 8) { rows in box.value.adjoint.call(rows, box.value.set) }
        }
    }

    private func call(_ rows: Range<Int>, _ set: (inout prisma_layer_norm_adjoint, _ row: Int) -> Void) {
        var norm = prisma_layer_norm_adjoint()
        norm.x = UnsafePointer(x.pointer + rows.lowerBound * stride)
        norm.x_stride = stride
        norm.g = UnsafePointer(gradient.pointer + rows.lowerBound * width)
        norm.w = weight.map { UnsafePointer($0.pointer) }
        norm.scale = scale.map { UnsafePointer($0.pointer + rows.lowerBound) }
        norm.eps = eps
        norm.rows = rows.count
        norm.d = width
        set(&norm, rows.lowerBound)
        Kernels.current.functions.layer_norm_adjoint(&norm)
    }
}
