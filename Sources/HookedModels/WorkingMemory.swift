extension HookPlan {
    /// Float32 bytes that a pass works with at its height, beside inputs and what is kept of them: an estimate from the
    /// tensors of one block that are alive together, for the rows that go through at once.
    /// - Parameters:
    ///   - inputs: how many go in.
    ///   - threads: of the crew that computes.
    ///   - goesBack: whether gradients are taken: then what every block gave is kept for its adjoint.
    public func workingBytes(inputs: Int, of architecture: Architecture, threads: Int, goesBack: Bool = false) -> Int {
        let tokens = goesBack ? GradientPass.tokensAtOnce : ForwardPass.tokensAtOnce
        let chunk = max(1, tokens / max(architecture.positions, 1)) * threads
        let rows = readsInputs ? inputs : min(inputs, chunk)
        let (width, heads) = (architecture.width, architecture.heads * architecture.headWidth)
        // The stream, its norm and its sum; queries, keys, values and their mix; the neurons before and after.
        let block = 3 * width + 4 * heads + 2 * (architecture.isAttentionOnly ? 0 : architecture.neurons)
        let pattern = 2 * architecture.heads * architecture.positions
        // One block at a time forward; backward every block's, and as much again for the gradients of one.
        let floats = goesBack ? (architecture.layers + 1) * (block + pattern) : block + pattern
        let (perInput, isTooMuch) = floats.multipliedReportingOverflow(by: 4 * max(architecture.positions, 1))
        let (bytes, overflow) = perInput.multipliedReportingOverflow(by: rows)
        return isTooMuch || overflow ? .max : bytes
    }
}
