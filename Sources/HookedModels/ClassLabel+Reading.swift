internal import Tensors
internal import TextNumbers

extension ConfigurationFields {
    /// An activation by the names that transformers gives.
    func activation(_ name: String, default fallback: Activation) throws(ModelError) -> Activation {
        guard let text = try string(name) else { return fallback }
        switch text {
        case "gelu", "gelu_python": return .gelu
        case "quick_gelu": return .quickGELU
        case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_tanh": return .geluTanh
        case "relu": return .relu
        case "silu", "swish": return .silu
        default: throw wrong(name, "gelu, quick_gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu or silu")
        }
    }
}

extension ClassLabel {
    /// transformers' `id2label`; beside it, where a checkpoint brings one, `id2emoji`.
    static func fromHuggingFace(_ fields: ConfigurationFields) throws(ModelError) -> [ClassLabel] {
        let names = try texts(fields, "id2label")
        let emoji = try texts(fields, "id2emoji")
        let count = (Array(names.keys) + Array(emoji.keys)).max().map { $0 + 1 } ?? 0
        return (0..<count).map { ClassLabel(name: names[$0], emoji: emoji[$0]) }
    }

    /// timm's `label_names`, with the longer `label_descriptions` where there are any.
    static func fromTimm(_ fields: ConfigurationFields) throws(ModelError) -> [ClassLabel] {
        let places = [fields, fields.object("pretrained_cfg")]
        for place in places where place.has("label_names") {
            guard let names = place.value["label_names"]?.array else {
                throw place.wrong("label_names", "a list of texts")
            }
            let descriptions = place.value["label_descriptions"]
            return names.map { name in
                let key = name.string ?? ""
                return ClassLabel(name: descriptions?[key]?.string ?? name.string)
            }
        }
        return []
    }

    private static func texts(_ fields: ConfigurationFields, _ name: String) throws(ModelError) -> [Int: String] {
        guard fields.has(name) else { return [:] }
        guard let members = fields.value[name]?.object else {
            throw fields.wrong(name, "an object of texts by class number")
        }
        var texts: [Int: String] = [:]
        for member in members {
            guard let index = Int(member.key), (0..<1_000_000).contains(index), let text = member.value.string else {
                throw fields.wrong(name, "an object of texts by class number")
            }
            texts[index] = text
        }
        return texts
    }
}
