internal import Synchronization
internal import Tensors

/// How the rows of a batch are given to threads.
///
/// ```
/// rows       0 ────────────────────────────────────────────────── count
/// shares     ┌──── thread 0 ────┐┌──── thread 1 ───┐┌─ what is left over ─┐
/// ```
/// Each thread takes rows of its own and never waits for another; what does not fill all threads, a single picture above
/// all, is computed by the whole crew together.
enum RowShares {
    /// What `compute` gives for each share, in the order of the rows.
    /// - Parameter compute: gets the rows of a share and the threads that may compute them.
    static func map<Part: Sendable>(
        _ count: Int, on crew: Crew, _ compute: (Range<Int>, Crew) -> Part
    ) -> [Part] {
        let width = crew.width
        let even = count < width ? 0 : count / width * width
        var parts: [Part] = []
        if even > 0 {
            parts = crew.collect(width) { thread in
                compute((even / width * thread)..<(even / width * (thread + 1)), .solo)
            }
        }
        if even < count { parts.append(compute(even..<count, crew)) }
        return parts
    }
}
