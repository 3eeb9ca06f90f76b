internal import Checkpoints

/// A checkpoint's files as their size and time tell them apart, so that a digest need not be computed twice.
struct FileVersion: Sendable, Hashable {
    let path: String
    let byteCount: Int
    let modified: FileTime

    init(_ checkpoint: Checkpoint, path: String) {
        self.path = path
        byteCount = checkpoint.byteCount
        modified = checkpoint.modified
    }
}
