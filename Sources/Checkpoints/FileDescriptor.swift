#if canImport(Glibc)
    import Glibc
#endif

/// When a file was last written.
public struct FileTime: Sendable, Hashable {
    /// Since 1970.
    public var seconds: Int
    /// Beyond the seconds.
    public var nanoseconds: Int
}

/// An open file, for reading; closed when it is let go.
struct FileDescriptor: ~Copyable {
    let number: Int32
    let name: String
    let size: Int
    let modified: FileTime

    private init(number: Int32, name: String, status: stat) {
        self.number = number
        self.name = name
        size = Int(status.st_size)
        modified = FileTime(seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    /// Opens a regular file. `O_NONBLOCK` lets opening a named pipe fail instead of waiting for its writer.
    static func opening(_ path: String) throws(CheckpointError) -> FileDescriptor {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if number < 0 { throw CheckpointError(name, errno == ENOENT || errno == ENOTDIR ? .notFound : .unreadable) }
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(number)
            throw CheckpointError(name, .notAFile)
        }
        return FileDescriptor(number: number, name: name, status: status)
    }

    deinit { close(number) }

    /// Fills `buffer` from `offset` on; gives how many bytes there were, fewer only at the end of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(number, rest.baseAddress, rest.count, off_t(offset + filled))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw CheckpointError(name, .unreadable)
            }
            filled += count
        }
        return filled
    }

    /// The whole file.
    static func contents(of path: String, limit: Int) throws(CheckpointError) -> [UInt8] {
        let file = try FileDescriptor.opening(path)
        if file.size > limit { throw CheckpointError(file.name, .tooLong(bytes: file.size, limit: limit)) }
        var bytes = [UInt8](repeating: 0, count: file.size)
        var failure: CheckpointError?
        let count = bytes.withUnsafeMutableBytes { buffer -> Int in
            do throws(CheckpointError) {
                return try file.read(at: 0, into: buffer)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return count == bytes.count ? bytes : Array(bytes[..<count])
    }
}
