#if canImport(Glibc)
    import Glibc
#endif

/// A file's bytes in memory, mapped and not copied: pages are read when they are touched.
///
/// A file that is replaced or removed stays as it was opened. One that another process shortens in place does not: the
/// kernel ends a process that touches the missing pages, so weights are to be replaced by renaming, never by truncating.
///
/// `@unchecked Sendable` because the mapping is private, never written, and unmapped only when nobody refers to it.
final class MappedFile: @unchecked Sendable {
    /// The last component of the path.
    let name: String
    let path: String
    let modified: FileTime
    private let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws(CheckpointError) {
        let file = try FileDescriptor.opening(path)
        name = file.name
        self.path = path
        modified = file.modified
        if file.size == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.number, 0)
        guard let address, address != MAP_FAILED else { throw CheckpointError(name, .unreadable) }
        bytes = UnsafeRawBufferPointer(start: address, count: file.size)
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }

    var count: Int { bytes.count }

    /// The bytes in `range`, which lies inside the file.
    func withBytes<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) bytes")
        defer { withExtendedLifetime(self) {} }
        return try body(Span(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[range])))
    }

    /// Gives the pages back to the system; touching them reads them again.
    func adviseDontNeed() {
        guard let address = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: address), bytes.count, MADV_DONTNEED)
    }
}
