import Foundation
import HTTP
import HTTPTypes
import Synchronization

/// The bytes of small files, least recently used out first.
final class FileCache: Sendable {
    struct Entry {
        var tag: ETag
        var bytes: [UInt8]
        var used: Int
    }

    struct State {
        var entries: [String: Entry] = [:]
        var total = 0
        var clock = 0
    }

    private let maximumBytes: Int
    private let maximumFile: Int
    private let state = Mutex(State())

    init(maximumBytes: Int, maximumFile: Int) {
        self.maximumBytes = maximumBytes
        self.maximumFile = min(maximumFile, maximumBytes)
    }

    /// `nil` for a file that is too large to be kept.
    func bytes(of file: StaticFiles.File) throws -> [UInt8]? {
        guard file.size <= maximumFile else { return nil }
        if let known = state.withLock({ $0.take(file) }) { return known }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
        // Written to just now: what was read is not what its tag says. The next request finds the new one.
        guard bytes.count == file.size else {
            throw HTTPError(.serviceUnavailable, "The file is being written; try again.")
        }
        state.withLock { $0.keep(file, bytes, within: maximumBytes) }
        return bytes
    }
}

extension FileCache.State {
    mutating func take(_ file: StaticFiles.File) -> [UInt8]? {
        guard entries[file.path]?.tag == file.tag else { return nil }
        clock += 1
        entries[file.path]?.used = clock
        return entries[file.path]?.bytes
    }

    mutating func keep(_ file: StaticFiles.File, _ bytes: [UInt8], within maximum: Int) {
        clock += 1
        total -= entries[file.path]?.bytes.count ?? 0
        entries[file.path] = FileCache.Entry(tag: file.tag, bytes: bytes, used: clock)
        total += bytes.count
        while total > maximum, let oldest = entries.min(by: { $0.value.used < $1.value.used }) {
            total -= oldest.value.bytes.count
            entries[oldest.key] = nil
        }
    }
}
