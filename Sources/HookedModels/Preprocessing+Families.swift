internal import Imaging
internal import TextNumbers

extension Preprocessing {
    /// As `preprocessor_config.json` says; without one, brought to the model's size and normalised to [−1, 1], as
    /// transformers' `ViTImageProcessor` does by default.
    static func huggingFace(_ input: FamilyInput, _ architecture: Architecture) throws -> Preprocessing {
        if let preprocessor = input.preprocessor { return try Preprocessing(huggingFace: preprocessor) }
        return Preprocessing(
            resizing: .exact(height: architecture.image.height, width: architecture.image.width),
            mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
    }

    /// As `preprocessor_config.json` says; without one, as transformers' `CLIPImageProcessor` does by default, at the
    /// model's size.
    static func huggingFaceCLIP(_ input: FamilyInput, _ architecture: Architecture) throws -> Preprocessing {
        if let preprocessor = input.preprocessor { return try Preprocessing(huggingFace: preprocessor) }
        let side = Int64(architecture.image.height)
        return try Preprocessing(huggingFace: [
            "image_processor_type": "CLIPImageProcessor", "size": ["shortest_edge": .integer(side)],
            "crop_size": ["height": .integer(side), "width": .integer(Int64(architecture.image.width))],
        ])
    }

    /// As `preprocess_cfg` of `open_clip_config.json` says, for the model's size where that says none.
    static func openCLIP(_ input: FamilyInput, _ architecture: Architecture) throws -> Preprocessing {
        let image = architecture.image
        return try Preprocessing(openCLIP: input.configuration.value, usual: (image.height, image.width))
    }

    /// As `pretrained_cfg` of `config.json` says.
    static func timm(_ input: FamilyInput, _ architecture: Architecture) throws -> Preprocessing {
        guard let configuration = input.configuration.value["pretrained_cfg"] else {
            throw ModelError.configurationLacks(file: input.configuration.file, field: "pretrained_cfg")
        }
        return try Preprocessing(timm: configuration, size: (architecture.image.height, architecture.image.width))
    }
}
