/// Which files of a repository a model needs: one set of weights with its configuration, and what prepares inputs.
public enum HubSelection {
    /// Small files that say what the weights are.
    static let companions = [
        "config.json", "open_clip_config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json",
        "vocab.json", "vocab.txt", "merges.txt", "special_tokens_map.json", "added_tokens.json", "spiece.model",
    ]

    /// safetensors before PyTorch's; where open_clip's configuration stands beside another's, open_clip's weights.
    public static func standard(of files: [String]) -> [String] {
        let top = files.filter { !$0.contains("/") }
        return top.filter { companions.contains($0) } + weights(of: top)
    }

    private static func weights(of files: [String]) -> [String] {
        var names = [
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        ]
        if files.contains("open_clip_config.json") {
            names.insert(contentsOf: ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"], at: 0)
        }
        if let usual = names.first(where: files.contains) {
            return [usual] + (usual.hasSuffix(".index.json") ? parts(usual, of: files) : [])
        }
        for ending in [".safetensors", ".pth", ".pt", ".bin", ".ckpt"] {
            let found = files.filter { $0.hasSuffix(ending) }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// `model-00001-of-00002.safetensors` of `model.safetensors.index.json`.
    private static func parts(_ index: String, of files: [String]) -> [String] {
        let name = index.dropLast(".index.json".count)
        guard let point = name.lastIndex(of: ".") else { return [] }
        return files.filter { $0.hasPrefix(name[..<point] + "-") && $0.hasSuffix(name[point...]) }
    }
}
