/// Reading what `numpy.savez` and `savez_compressed` write.
public enum Npz {
    /// The arrays in the order of the archive, their names without `.npy`.
    /// - Parameter limit: how many bytes all of them may take together.
    public static func decode(_ bytes: [UInt8], limit: Int) throws(ArchiveError) -> [(name: String, value: ArrayValue)]
    {
        let archive = try ZipArchive(bytes)
        var arrays: [(name: String, value: ArrayValue)] = []
        var left = limit
        for entry in archive.entries {
            guard entry.name.hasSuffix(".npy") else { throw ArchiveError("'\(entry.name)' is no .npy array") }
            let contents = try archive.contents(of: entry, limit: left)
            left -= contents.count
            let value: ArrayValue
            do {
                value = try Npy.decode(contents)
            } catch {
                throw ArchiveError("'\(entry.name)': \(error.description)")
            }
            arrays.append((String(entry.name.dropLast(4)), value))
        }
        return arrays
    }
}
