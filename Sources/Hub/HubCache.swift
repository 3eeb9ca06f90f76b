public import Foundation
internal import Glibc

/// The cache that Python's `huggingface_hub` keeps, of one model.
///
/// ```
/// models--ORG--NAME/blobs/ETAG                the contents of a file, once
/// models--ORG--NAME/blobs/ETAG.incomplete     as far as it has arrived
/// models--ORG--NAME/refs/main                 the commit that a branch stands for
/// models--ORG--NAME/snapshots/COMMIT/a/b      → ../../../blobs/ETAG
/// .locks/models--ORG--NAME/ETAG.lock          held by who fetches the blob
/// ```
public struct HubCache: Sendable {
    private let folder: URL
    private let locks: URL

    /// - Parameter root: the folder of all models.
    public init(_ root: URL, _ model: HubModel) {
        let name = "models--" + model.id.replacing("/", with: "--")
        folder = root.appending(path: name, directoryHint: .isDirectory)
        locks = root.appending(path: ".locks/" + name, directoryHint: .isDirectory)
    }

    /// Where the files of a commit are, under their names.
    func snapshot(_ commit: String) -> URL {
        folder.appending(path: "snapshots/" + commit, directoryHint: .isDirectory)
    }

    /// Where a file's contents are kept.
    func blob(_ etag: String) -> URL { folder.appending(path: "blobs/" + etag) }

    /// What has arrived of them so far.
    func partial(_ etag: String) -> URL { folder.appending(path: "blobs/" + etag + ".incomplete") }

    /// Whether a commit's file is there, with its contents.
    func has(_ file: String, at commit: String) -> Bool {
        FileManager.default.fileExists(atPath: snapshot(commit).appending(path: file).path)
    }

    /// Makes the folders that everything lies in.
    func prepare() throws(HubError) {
        for place in [folder.appending(path: "blobs"), folder.appending(path: "refs"), locks] { try make(place) }
    }

    /// Puts contents that arrived in their place, all at once.
    func finish(_ etag: String) throws(HubError) { try move(partial(etag), to: blob(etag)) }

    /// Shows a blob under a file's name in a commit's folder. A link that was there before is replaced.
    func link(_ file: String, at commit: String, to etag: String) throws(HubError) {
        let link = snapshot(commit).appending(path: file)
        try make(link.deletingLastPathComponent())
        let up = String(repeating: "../", count: file.count { $0 == "/" } + 2)
        let temporary = link.deletingLastPathComponent().appending(path: ".\(UUID().uuidString).link")
        do {
            try FileManager.default.createSymbolicLink(
                atPath: temporary.path, withDestinationPath: up + "blobs/" + etag)
        } catch {
            throw .unwritable(file, reason: "no link can be made in the cache")
        }
        try move(temporary, to: link)
    }

    /// Notes which commit a branch or a tag stands for. A commit stands for itself.
    func refer(_ revision: String, to commit: String) throws(HubError) {
        guard revision != commit else { return }
        let place = folder.appending(path: "refs/" + revision)
        try make(place.deletingLastPathComponent())
        do {
            try Data(commit.utf8).write(to: place, options: .atomic)
        } catch {
            throw .unwritable("refs/" + revision, reason: "the cache's folder refuses")
        }
    }

    /// Bytes that the disk has left; `nil` where it does not say.
    var freeBytes: Int? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
    }

    /// A lock as `huggingface_hub` takes it, so that a blob is not fetched twice at a time.
    /// - Parameter waits: called once before waiting for another process.
    func lock(
        _ etag: String, waits: () -> Void, sleep: (Duration) async throws -> Void
    ) async throws -> FileHandle {
        let path = locks.appending(path: etag + ".lock").path
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)  // opening it says more
        }
        guard let handle = FileHandle(forUpdatingAtPath: path) else {
            throw HubError.unwritable(".locks", reason: "the cache's folder refuses")
        }
        var hasSaid = false
        while flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) != 0 {
            // A disk of another machine may know no locks: then there are none.
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            if !hasSaid { waits() }
            hasSaid = true
            try await sleep(.milliseconds(500))
        }
        return handle
    }

    private func make(_ place: URL) throws(HubError) {
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(place.lastPathComponent, reason: "the folder cannot be made")
        }
    }

    /// Replaces what is there.
    private func move(_ from: URL, to place: URL) throws(HubError) {
        guard unsafe rename(from.path, place.path) == 0 else {
            let reason = errno == ENOSPC || errno == EDQUOT ? "the disk is full" : "the cache's folder refuses"
            try? FileManager.default.removeItem(at: from)
            throw .unwritable(place.lastPathComponent, reason: reason)
        }
    }
}

extension HubCache {
    /// Where the cache is, by the variables that `huggingface_hub` heeds.
    public static func standardRoot(_ environment: [String: String], home: URL) -> URL {
        let keys = ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"]
        if let path = keys.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) {
            return URL(filePath: NSString(string: path).expandingTildeInPath, directoryHint: .isDirectory)
        }
        return configuration(environment, home: home).appending(path: "hub", directoryHint: .isDirectory)
    }

    /// The token of the environment, or the one that a login left behind.
    public static func standardToken(_ environment: [String: String], home: URL) -> String? {
        let given = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        let file =
            environment["HF_TOKEN_PATH"].map { URL(filePath: $0) }
            ?? configuration(environment, home: home).appending(path: "token")
        let token = given ?? (try? String(contentsOf: file, encoding: .utf8))
        let trimmed = token?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The model that a folder is a snapshot of, where it lies in such a cache.
    public static func model(ofSnapshot folder: URL) -> String? {
        let steps = folder.standardizedFileURL.pathComponents.suffix(3)
        guard steps.count == 3, let name = steps.first, steps.dropFirst().first == "snapshots",
            name.hasPrefix("models--")
        else { return nil }
        return String(name.dropFirst("models--".count)).replacing("--", with: "/")
    }

    private static func configuration(_ environment: [String: String], home: URL) -> URL {
        if let path = environment["HF_HOME"], !path.isEmpty {
            return URL(filePath: NSString(string: path).expandingTildeInPath, directoryHint: .isDirectory)
        }
        let caches = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
        return (caches ?? home.appending(path: ".cache")).appending(path: "huggingface", directoryHint: .isDirectory)
    }
}
