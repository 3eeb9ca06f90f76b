import Checkpoints

extension SafetensorsWriter {
    /// The whole file.
    var encoded: [UInt8] { pieces.joined }
}

extension SafetensorsFile {
    /// Opens bytes as a file; a mapping outlives its name.
    static func opening(_ bytes: [UInt8], as name: String = "m.safetensors") throws -> SafetensorsFile {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        return try SafetensorsFile(path: try folder.write(name, bytes))
    }
}

extension Checkpoint {
    /// The same as a checkpoint without configuration.
    static func opening(_ bytes: [UInt8], as name: String = "m.safetensors") throws -> Checkpoint {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        return try Checkpoint(path: try folder.write(name, bytes))
    }
}
