public import Checkpoints
public import Foundation
public import HookedModels
import Tensors
public import TextNumbers

/// A vision transformer so small that a test can afford many of them, with weights that are the same in every run.
public struct TinyModel: Sendable {
    /// Who could have written its checkpoint.
    public enum Layout: String, Sendable, CaseIterable, CustomStringConvertible {
        /// transformers' `ViTForImageClassification`.
        case huggingFace
        /// transformers' `ViTModel`: no classifier.
        case huggingFaceFeatures
        /// timm's, with a class token.
        case timm
        /// timm's, with the mean of the patches and no class token.
        case timmPooled

        /// Its case.
        public var description: String { rawValue }

        /// What the model is recognised as.
        public var family: String {
            switch self {
            case .huggingFace, .huggingFaceFeatures: "hf_vit"
            case .timm, .timmPooled: "timm_vit"
            }
        }

        var hasClassToken: Bool { self != .timmPooled }
        var hasClassifier: Bool { self != .huggingFaceFeatures }
    }

    /// Who could have written it.
    public var layout: Layout
    /// Blocks.
    public var layers: Int
    /// d_model.
    public var width: Int
    /// Heads, which divide the width.
    public var heads: Int
    /// d_mlp.
    public var neurons: Int
    /// The side of a picture.
    public var image: Int
    /// The side of a patch.
    public var patch: Int
    /// Classes, where the layout has a classifier.
    public var classes: Int
    /// What the weights are drawn from.
    public var seed: UInt64

    /// A model of any of the layouts.
    public init(
        _ layout: Layout = .huggingFace, layers: Int = 2, width: Int = 24, heads: Int = 3, neurons: Int = 40,
        image: Int = 32, patch: Int = 8, classes: Int = 5, seed: UInt64 = 1
    ) {
        self.layout = layout
        self.layers = layers
        self.width = width
        self.heads = heads
        self.neurons = neurons
        self.image = image
        self.patch = patch
        self.classes = classes
        self.seed = seed
    }

    /// Tokens, the class token included.
    public var positions: Int { (image / patch) * (image / patch) + (layout.hasClassToken ? 1 : 0) }

    /// Its files, to be written as they are or damaged before.
    public var checkpoint: TinyCheckpoint {
        switch layout {
        case .huggingFace, .huggingFaceFeatures: huggingFace
        case .timm, .timmPooled: timm
        }
    }

    /// The model in memory, by way of files.
    public func load(options: ModelOptions = ModelOptions()) throws -> HookedModel {
        try checkpoint.load(options: options)
    }

    /// What the classes are called: the first two have names and emoji of their own.
    static let names = ["tabby, tabby cat", "heart"]
    static let emoji = ["🐈", "❤️"]

    /// A class's name as the checkpoint gives it.
    public static func label(_ index: Int) -> String {
        names.indices.contains(index) ? names[index] : "thing \(index)"
    }
}

/// The files of a tiny model.
public struct TinyCheckpoint: Sendable {
    /// Names and contents of the tensors, in order.
    public var tensors: [(name: String, value: ArrayValue)]
    /// `config.json`; not written where `nil`.
    public var configuration: JSONValue?
    /// `preprocessor_config.json`; not written where `nil`.
    public var preprocessor: JSONValue?

    /// Writes the files.
    public func write(to folder: TemporaryFolder, named name: String = "") throws -> URL {
        let place = name.isEmpty ? "" : name + "/"
        try folder.write(SafetensorsWriter(tensors).pieces.joined, to: place + "model.safetensors")
        if let configuration { try folder.write(configuration.serialized, to: place + "config.json") }
        if let preprocessor { try folder.write(preprocessor.serialized, to: place + "preprocessor_config.json") }
        return name.isEmpty ? folder.url : folder.url.appending(path: name)
    }

    /// Writes the files and builds the model out of them.
    public func load(options: ModelOptions = ModelOptions()) throws -> HookedModel {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        return try HookedModel(Checkpoint(path: try write(to: folder).path), options: options)
    }
}
