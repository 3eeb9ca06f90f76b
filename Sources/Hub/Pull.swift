public import Foundation

/// What happens while a model is fetched.
public enum PullEvent: Sendable, Equatable {
    /// A file's transfer begins, or goes on from `have` bytes.
    case started(file: String, size: Int?, have: Int)
    /// So many of its bytes have arrived.
    case progress(file: String, have: Int)
    /// It is complete and verified.
    case finished(file: String)
    /// It was in the cache already.
    case present(file: String)
    /// Something that people may want to know.
    case note(String)
}

/// Fetches a model into the cache.
public struct Pull: Sendable {
    private let client: HubClient
    private let root: URL
    private let report: @Sendable (PullEvent) -> Void

    /// - Parameters:
    ///   - root: the cache's folder.
    ///   - report: told what happens, from any thread.
    public init(_ client: HubClient, into root: URL, report: @escaping @Sendable (PullEvent) -> Void) {
        self.client = client
        self.root = root
        self.report = report
    }

    /// Fetches what is not there yet.
    /// - Parameter selection: which of the repository's files.
    /// - Returns: The snapshot's folder.
    /// - Throws: ``HubError``.
    public func run(_ model: HubModel, selection: ([String]) -> [String]) async throws -> URL {
        let listing = try await client.listing(of: model) { report(.note($0)) }
        let files = selection(listing.files)
        guard !files.isEmpty else { throw HubError.nothingSelected(model.id) }
        let cache = HubCache(root, model)
        try cache.prepare()
        for file in files {
            if cache.has(file, at: listing.commit) {
                report(.present(file: file))
            } else {
                try await fetch(file, model, listing.commit, cache)
            }
        }
        // Last: whoever finds the reference finds all of the files.
        try cache.refer(model.revision, to: listing.commit)
        return cache.snapshot(listing.commit)
    }

    private func fetch(_ file: String, _ model: HubModel, _ commit: String, _ cache: HubCache) async throws {
        let head = try await client.head(of: file, model, at: commit) { report(.note($0)) }
        let lock = try await cache.lock(head.etag) {
            report(.note("\(file): another process fetches it; waiting"))
        } sleep: {
            try await client.retrying.sleep($0)
        }
        defer { try? lock.close() }
        if FileManager.default.fileExists(atPath: cache.blob(head.etag).path) {
            report(.present(file: file))
        } else {
            let download = Download(
                client: client, model: model, commit: commit, file: file, head: head, cache: cache, report: report)
            try await download.run()
            report(.finished(file: file))
        }
        try cache.link(file, at: commit, to: head.etag)
    }
}
