public import Tensors

/// A change of activations while a model runs, as a request asks for it: which hooks, which part of them, and what becomes
/// of that part. Interventions act in the order given; what is captured at a hook is what they left.
public struct Intervention: Sendable {
    /// A name or a pattern (``Glob``).
    public var hook: String
    /// Which part; a reduction means nothing here.
    public var selection: Selection
    /// Inputs of the request, from 0; `nil` for all.
    public var inputs: [Int]?
    /// What becomes of it.
    public var change: Change

    /// What becomes of the part.
    public enum Change: Sendable {
        /// It is replaced.
        case set(Value)
        /// Something is added.
        case add(Value)
        /// It is multiplied, element by element; of the shape that ``Value/constant(_:)`` takes.
        case multiply(Tensor)
        /// What it has along a direction [d] of the last axis is taken out: x − (x·u) u with u = direction/|direction|.
        case projectOut(Tensor)
    }

    /// Where a value comes from.
    public enum Value: Sendable {
        /// Numbers. Aligned with the part's last axes, as numpy broadcasts; one more axis in front is the inputs.
        case constant(Tensor)
        /// Of each hook its activations in another run, [1 or inputs, ...] with the hook's own axes, each of them whole or
        /// of length one; the part is taken out of them.
        case stored([String: Tensor])
        /// The same part of another input of the request, as it is when the intervention acts.
        case input(Int)
        /// The mean of the part.
        case mean(over: Averaging)
    }

    /// What a mean is taken over.
    public enum Averaging: String, CaseIterable, Sendable {
        /// All inputs of the request.
        case inputs
        /// All positions of the hook, of each input by itself.
        case positions
        case inputsAndPositions = "inputs_and_positions"
    }

    /// - Parameter inputs: of the request, from 0; `nil` for all.
    public init(_ hook: String, _ change: Change, at selection: Selection = .all, inputs: [Int]? = nil) {
        self.hook = hook
        self.change = change
        self.selection = selection
        self.inputs = inputs
    }

    /// It becomes zero.
    public static func zero(_ hook: String, at selection: Selection = .all, inputs: [Int]? = nil) -> Intervention {
        Intervention(hook, .set(.constant(Tensor(shape: [], elements: [0]))), at: selection, inputs: inputs)
    }
}
