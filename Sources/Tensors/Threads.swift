internal import COpenBLAS
internal import CVectorKernels

/// The one place that decides on threads.
///
/// Cores are given either to the shares of a batch, each computing its own pictures without ever waiting for another,
/// or, where there is one picture only, to the columns of each product. OpenBLAS itself always runs in the calling
/// thread: two pools that compete for the same cores lose more than either wins.
public enum Threads {
    /// The processors this process may run on.
    public static let available = max(Int(prisma_processors()), 1)

    /// The crew that serves the compute lane: one thread a processor.
    public static let crew = Crew(width: available)

    /// Makes OpenBLAS compute in its caller's thread. Called before its first use.
    static let blasIsSingleThreaded: Void = openblas_set_num_threads(1)

    /// Lets OpenBLAS itself use threads, for a measurement of what the machine can do. Not while anyone computes.
    public static func setBLASThreads(_ count: Int) {
        blasIsSingleThreaded  // which would otherwise come later, and undo it
        openblas_set_num_threads(Int32(count))
    }
}
