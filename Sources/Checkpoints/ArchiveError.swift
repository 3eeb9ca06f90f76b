/// Why bytes are not the `.npy` array or the archive that they should be.
public struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence; names the entry where there is one.
    public var description: String

    init(_ description: String) { self.description = description }
}
