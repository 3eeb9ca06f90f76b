import TextNumbers

/// Finds the weights and the configuration in a path. Safetensors come before everything else.
struct CheckpointFolder {
    let layout: Checkpoint.Layout
    let config: JSONValue?
    let preprocessor: JSONValue?
    let files: [SafetensorsFile]

    static func open(_ path: String) throws(CheckpointError) -> CheckpointFolder {
        guard Folder.isFolder(path) else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if isPyTorch(name) { throw CheckpointError(name, .pytorchOnly(files: [name])) }
            let file = try SafetensorsFile(path: path)
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

    private static func weights(in folder: String) throws(CheckpointError) -> [SafetensorsFile] {
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        let names = Folder.names(in: folder)
        for usual in ["model.safetensors", "open_clip_model.safetensors"] where names.contains(usual) {
            return [try SafetensorsFile(path: "\(folder)/\(usual)")]
        }
        if let index = names.first(where: { $0.hasSuffix(".safetensors.index.json") }) {
            return try ShardIndex(path: "\(folder)/\(index)").open(in: folder, indexName: index)
        }
        let candidates = names.filter { $0.hasSuffix(".safetensors") }
        if candidates.count > 1 { throw CheckpointError(name, .severalWeights(files: candidates)) }
        if let only = candidates.first { return [try SafetensorsFile(path: "\(folder)/\(only)")] }
        let pickles = names.filter(isPyTorch)
        throw CheckpointError(name, pickles.isEmpty ? .noWeights : .pytorchOnly(files: pickles))
    }

    private static func isPyTorch(_ name: String) -> Bool {
        [".pt", ".pth", ".bin", ".ckpt"].contains { name.hasSuffix($0) }
    }
}
