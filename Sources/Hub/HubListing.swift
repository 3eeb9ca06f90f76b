internal import TextNumbers

/// The files of a model at one commit, as the hub lists them.
struct HubListing: Equatable {
    /// Which state of the model this is.
    let commit: String
    /// Paths with `/`, every one safe to be made in a folder.
    let files: [String]

    /// A model has some hundred files at most; a list of more is none.
    static let maximumFiles = 100_000
    /// Of the document.
    static let maximumBytes = 64 << 20

    /// Reads the answer to `GET /api/models/{id}/revision/{revision}`.
    /// - Throws: ``HubError`` where it is not one, or where any name leads out of the folder.
    init(_ json: [UInt8]) throws(HubError) {
        guard let document = try? JSONValue.parse(json, duplicateKeys: .lastWins) else {
            throw .malformed("the list of files is not JSON")
        }
        guard let commit = document["sha"]?.string, HubModel.isCommit(commit) else {
            throw .malformed("'sha' is no commit")
        }
        guard let siblings = document["siblings"]?.array, siblings.count <= Self.maximumFiles else {
            throw .malformed("'siblings' is no list of at most \(Self.maximumFiles) files")
        }
        var files: [String] = []
        for sibling in siblings {
            guard let name = sibling["rfilename"]?.string else { throw .malformed("a file has no 'rfilename'") }
            guard Self.isSafe(name) else { throw .unsafeFileName(Self.shown(name)) }
            files.append(name)
        }
        self.commit = commit
        self.files = files
    }

    /// Whether a name stays in the folder it is made in: relative, no way up, no control characters.
    static func isSafe(_ name: String) -> Bool {
        let steps = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.count <= 1_024 && steps.count <= 16
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }
            && steps.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
    }

    /// A name for a message on a terminal: short, and without what moves its cursor.
    private static func shown(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}
