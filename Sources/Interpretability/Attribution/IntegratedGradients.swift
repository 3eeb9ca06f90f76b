public import Tensors

/// Integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365): (x − baseline) times the mean of the gradient along the
/// straight way from one to the other, by the midpoint rule. The sum over all elements is the metric's change, but for what
/// the steps leave out.
public struct IntegratedGradients: Sendable {
    /// Gradients that the mean is of.
    public let steps: Int

    /// - Precondition: at least one step.
    public init(steps: Int) {
        precondition(steps > 0, "a way has at least one step")
        self.steps = steps
    }

    /// The places whose gradients are taken: [step] + the shape of x.
    public func path(from baseline: Tensor, to x: Tensor) -> Tensor {
        precondition(baseline.shape == x.shape, "\(baseline.shape) and \(x.shape) differ")
        let count = x.count
        return Tensor(shape: [steps] + x.shape) { target in
            baseline.withSpan { baseline in
                x.withSpan { x in
                    for index in target.indices {
                        let share = (Float(index / count) + 0.5) / Float(steps)
                        let place = index % count
                        target[index] = baseline[place] + share * (x[place] - baseline[place])
                    }
                }
            }
        }
    }

    /// What each element of x says, in its shape.
    /// - Parameter gradients: at the places of ``path(from:to:)``.
    public func attributions(from baseline: Tensor, to x: Tensor, _ gradients: Tensor) -> Tensor {
        precondition(gradients.shape == [steps] + x.shape, "\(gradients.shape) along a way of \(x.shape)")
        let count = x.count
        return Tensor(shape: x.shape) { target in
            gradients.withSpan { gradients in
                baseline.withSpan { baseline in
                    x.withSpan { x in
                        for index in target.indices {
                            let sum = (0..<steps).reduce(0.0) { $0 + Double(gradients[$1 * count + index]) }
                            target[index] = Float((Double(x[index]) - Double(baseline[index])) * sum / Double(steps))
                        }
                    }
                }
            }
        }
    }
}
