public import TextNumbers

/// Configuration files beside a checkpoint.
public enum JSONFile {
    /// Larger files are refused.
    public static let maximumBytes = 16 << 20

    /// Reads a JSON object. Of a repeated key the last one counts, as in the libraries that write these files.
    public static func read(_ path: String, limit: Int = maximumBytes) throws(CheckpointError) -> JSONValue {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return try object(in: try FileDescriptor.contents(of: path, limit: limit), file: file)
    }

    /// The same of bytes that were read.
    static func object(in bytes: [UInt8], file: String) throws(CheckpointError) -> JSONValue {
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes, duplicateKeys: .lastWins)
        } catch {
            throw CheckpointError(file, .notJSON(position: error.position, reason: error.reason))
        }
        if document.object == nil { throw CheckpointError(file, .notAnObject) }
        return document
    }

    /// The same where the file may be absent.
    public static func readIfPresent(_ path: String) throws(CheckpointError) -> JSONValue? {
        do throws(CheckpointError) {
            return try read(path)
        } catch {
            if error.reason == .notFound { return nil }
            throw error
        }
    }
}
