internal import CVectorKernels

/// What whoever runs passes tells the memory of tensors.
public enum Memory {
    /// A pass has ended: blocks that no pass has wanted lately go back to the system.
    public static func passEnded() { Arena.shared.passEnded() }

    /// Nothing is computed for now: every idle block goes back to the system.
    public static func release() {
        Arena.shared.trim()
        prisma_trim_heap()
    }
}
