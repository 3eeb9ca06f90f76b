import TextNumbers

/// Finds the weights and the configuration in a path. Safetensors come before PyTorch files.
struct CheckpointFolder {
    let layout: Checkpoint.Layout
    let config: JSONValue?
    let preprocessor: JSONValue?
    let files: [WeightsFile]

    static func open(_ path: String) throws(CheckpointError) -> CheckpointFolder {
        guard Folder.isFolder(path) else {
            let file = try WeightsFile(path: path)
            return CheckpointFolder(layout: .bare, config: nil, preprocessor: nil, files: [file])
        }
        let files = try weights(in: path)
        if let config = try JSONFile.readIfPresent("\(path)/open_clip_config.json") {
            return CheckpointFolder(
                layout: .openCLIP, config: config, preprocessor: config["preprocess_cfg"], files: files)
        }
        guard let config = try JSONFile.readIfPresent("\(path)/config.json") else {
            return CheckpointFolder(layout: .bare, config: nil, preprocessor: nil, files: files)
        }
        if config["architecture"] != nil || config["pretrained_cfg"] != nil {
            return CheckpointFolder(layout: .timm, config: config, preprocessor: config["pretrained_cfg"], files: files)
        }
        let preprocessor = try JSONFile.readIfPresent("\(path)/preprocessor_config.json")
        return CheckpointFolder(layout: .huggingFace, config: config, preprocessor: preprocessor, files: files)
    }

    /// How the files of one format are called.
    private struct Naming {
        let usual: [String]
        let index: String
        let isWeights: (String) -> Bool
    }

    private static var namings: [Naming] {
        [
            Naming(
                usual: ["model.safetensors", "open_clip_model.safetensors"], index: ".safetensors.index.json",
                isWeights: { $0.hasSuffix(".safetensors") }),
            Naming(
                usual: ["pytorch_model.bin", "open_clip_pytorch_model.bin"], index: ".bin.index.json",
                isWeights: WeightsFile.isTorch),
        ]
    }

    private static let openCLIPWeights = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"]

    private static func weights(in folder: String) throws(CheckpointError) -> [WeightsFile] {
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        let names = Folder.names(in: folder)
        // The same model lies beside it in the layout of another library, under that one's usual name.
        if names.contains("open_clip_config.json"), let own = openCLIPWeights.first(where: names.contains) {
            return [try WeightsFile(path: "\(folder)/\(own)")]
        }
        for naming in namings {
            for usual in naming.usual where names.contains(usual) {
                return [try WeightsFile(path: "\(folder)/\(usual)")]
            }
            if let index = names.first(where: { $0.hasSuffix(naming.index) }) {
                return try ShardIndex(path: "\(folder)/\(index)", isShard: naming.isWeights)
                    .open(in: folder, indexName: index)
            }
            let candidates = names.filter(naming.isWeights)
            if candidates.count > 1 {
                throw CheckpointError(name, .severalWeights(files: candidates, usual: naming.usual[0]))
            }
            if let only = candidates.first { return [try WeightsFile(path: "\(folder)/\(only)")] }
        }
        throw CheckpointError(name, .noWeights)
    }
}
