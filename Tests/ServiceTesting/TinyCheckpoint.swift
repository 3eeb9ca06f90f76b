public import Checkpoints
public import Foundation
public import HookedModels
public import TextNumbers

/// The files of a tiny model.
public struct TinyCheckpoint: Sendable {
    /// Names and contents of the tensors, in order.
    public var tensors: [(name: String, value: ArrayValue)]
    /// `config.json`; not written where `nil`.
    public var configuration: JSONValue?
    /// `preprocessor_config.json`; not written where `nil`.
    public var preprocessor: JSONValue?
    /// Before the names of both files, as open_clip has it.
    public var filePrefix = ""
    /// Beginnings of names of tensors that the model of pictures has no use for.
    public var unread: [String] = []
    /// The same for the text tower.
    public var unreadByText: [String] = []

    init(
        tensors: [(name: String, value: ArrayValue)], configuration: JSONValue, preprocessor: JSONValue? = nil,
        filePrefix: String = "", unread: [String] = [], unreadByText: [String] = []
    ) {
        self.tensors = tensors
        self.configuration = configuration
        self.preprocessor = preprocessor
        self.filePrefix = filePrefix
        self.unread = unread
        self.unreadByText = unreadByText
    }

    /// The tensors that the model of pictures, or the text tower, is made of.
    public func tensorsRead(byText: Bool = false) -> [(name: String, value: ArrayValue)] {
        let others = byText ? unreadByText : unread
        return tensors.filter { tensor in !others.contains { tensor.name.hasPrefix($0) } }
    }

    /// Writes the files.
    public func write(to folder: TemporaryFolder, named name: String = "") throws -> URL {
        let place = name.isEmpty ? "" : name + "/"
        let weights = place + filePrefix + "model.safetensors"
        try folder.write(SafetensorsWriter(tensors).pieces.joined, to: weights)
        let configurationFile = place + filePrefix + "config.json"
        if let configuration { try folder.write(configuration.serialized, to: configurationFile) }
        if let preprocessor { try folder.write(preprocessor.serialized, to: place + "preprocessor_config.json") }
        return name.isEmpty ? folder.url : folder.url.appending(path: name)
    }

    /// Writes the files and builds the model out of them.
    public func load(options: ModelOptions = ModelOptions()) throws -> HookedModel {
        try reading { try HookedModel($0, options: options) }
    }

    /// Writes the files and builds the text tower out of them; `nil` where there is none.
    public func loadText(options: ModelOptions = ModelOptions()) throws -> HookedModel? {
        try reading { try HookedModel(textOf: $0, options: options) }
    }

    /// Writes the files and reads them with whatever is given.
    public func reading<Result>(_ body: (Checkpoint) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        return try body(Checkpoint(path: try write(to: folder).path))
    }
}
