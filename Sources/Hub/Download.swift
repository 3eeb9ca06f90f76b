internal import Checkpoints
internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// One file on its way into the cache: resumed where it broke off, and put in its place once it is what the hub says.
struct Download {
    let client: HubClient
    let model: HubModel
    let commit: String
    let file: String
    let head: HubClient.FileHead
    let cache: HubCache
    let report: @Sendable (PullEvent) -> Void

    /// - Throws: ``HubError``. What has arrived stays for the next time, unless it is wrong.
    func run() async throws {
        for attempt in 0... {
            try checkRoom()
            guard let mistake = try await attemptedFetch() else { break }
            // A broken transfer or a stale part of another: once more from the start.
            try? FileManager.default.removeItem(at: cache.partial(head.etag))
            guard attempt == 0 else { throw mistake }
            report(.note("\(mistake); fetching it anew"))
        }
        try cache.finish(head.etag)
    }

    /// - Returns: What is wrong with what arrived.
    private func attemptedFetch() async throws -> HubError? {
        do {
            try await fetch()
        } catch let error as HubError {
            if case .corrupt = error { return error }
            throw error
        }
        return try mistake()
    }

    private var partialSize: Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: cache.partial(head.etag).path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    private func checkRoom() throws(HubError) {
        let needed = (head.size ?? 0) - partialSize
        if let free = cache.freeBytes, needed > free { throw .diskFull(file: file, needed: needed, free: free) }
    }

    private func fetch() async throws {
        if let size = head.size, partialSize > size {
            try? FileManager.default.removeItem(at: cache.partial(head.etag))
        }
        report(.started(file: file, size: head.size, have: partialSize))
        repeat {
            try await client.retrying.run(file, { report(.note($0)) }, progress: { partialSize }) {
                try await fetchPiece()
            }
        } while head.size.map { partialSize < $0 } ?? false
    }

    private func fetchPiece() async throws {
        let offset = partialSize
        // Where it ends is known of files whose size is known.
        let end = head.size.map { min($0, offset + client.piece) }
        if let end, offset == end, end > 0 { return }
        let target = try PartialFile(cache.partial(head.etag), name: file, limit: head.size)
        let (file, report) = (file, report)
        let sink = Transfer.Sink(
            accept: { response in try target.begin(response, at: offset) },
            receive: { data in report(.progress(file: file, have: try target.write(data))) })
        let isWhole = offset == 0 && end == head.size
        let response = try await client.fetch(
            file, model, at: commit, range: isWhole ? nil : (offset, end), into: sink)
        if response.statusCode == 416, offset > 0 {
            try? FileManager.default.removeItem(at: cache.partial(head.etag))
            throw Retrying.Fault(reason: "the hub does not continue this file")
        }
        try client.check(response, 200...206, file)
        if let end, partialSize < end { throw Retrying.Fault(reason: "the connection broke") }
    }

    /// What is wrong with the file that has arrived; `nil` where it is the one that was meant.
    private func mistake() throws -> HubError? {
        let path = cache.partial(head.etag).path
        if let size = head.size, partialSize != size {
            return .corrupt(file: file, found: "\(partialSize) bytes", expected: "\(size)")
        }
        guard HubModel.isHexadecimal(head.etag), [40, 64].contains(head.etag.utf8.count) else { return nil }
        let digest = try head.etag.utf8.count == 64 ? FileDigest.sha256(of: path) : FileDigest.gitBlob(of: path)
        return digest == head.etag ? nil : .corrupt(file: file, found: digest, expected: head.etag)
    }
}

/// The file that pieces are appended to.
final class PartialFile: Sendable {
    private let name: String
    private let limit: Int?
    private let state: Mutex<(handle: FileHandle, count: Int)>

    /// - Parameter limit: more bytes are refused.
    init(_ place: URL, name: String, limit: Int?) throws(HubError) {
        let manager = FileManager.default
        if !manager.fileExists(atPath: place.path) {
            _ = manager.createFile(atPath: place.path, contents: nil)  // opening it says more
        }
        guard let handle = FileHandle(forUpdatingAtPath: place.path), let end = try? handle.seekToEnd() else {
            throw .unwritable(name, reason: "the cache's folder refuses")
        }
        self.name = name
        self.limit = limit
        state = Mutex((handle, Int(end)))
    }

    /// Whether a body follows that belongs here. An answer that begins the file anew replaces what there is.
    func begin(_ response: HTTPURLResponse, at offset: Int) throws -> Bool {
        switch response.statusCode {
        case 200:
            if offset > 0 { try state.withLock { try truncate(&$0) } }
            return true
        case 206:
            guard let range = HubClient.field("Content-Range", response), range.hasPrefix("bytes \(offset)-") else {
                throw HubError.malformed("\(name) is continued at another place than was asked for")
            }
            return true
        default: return false
        }
    }

    private func truncate(_ state: inout (handle: FileHandle, count: Int)) throws {
        try state.handle.truncate(atOffset: 0)
        try state.handle.seek(toOffset: 0)
        state.count = 0
    }

    /// Gives the bytes there are now.
    func write(_ data: Data) throws -> Int {
        try state.withLock { state in
            if let limit, state.count + data.count > limit {
                throw HubError.corrupt(file: name, found: "more than \(limit) bytes", expected: "\(limit)")
            }
            do {
                try state.handle.write(contentsOf: data)
            } catch {
                let code = (error as NSError).code
                let isFull = code == CocoaError.fileWriteOutOfSpace.rawValue || code == Int(ENOSPC)
                throw HubError.unwritable(name, reason: isFull ? "the disk is full" : "the cache's folder refuses")
            }
            state.count += data.count
            return state.count
        }
    }
}
