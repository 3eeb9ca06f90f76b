public import Imaging
public import TextNumbers

// What the libraries save about preprocessing, as values of ours. Where a file leaves a setting out, the default is that
// of the library which reads it.

extension Preprocessing {
    /// `preprocessor_config.json` of transformers.
    ///
    /// Processors of CLIP's and BiT's kind resize the shorter side, cut the middle and default to bicubic; those of ViT's
    /// kind bring both sides to the size and default to bilinear. Old files give sizes as one number.
    public init(huggingFace json: JSONValue) throws(PreprocessingError) {
        let settings = try PreprocessingSettings(json)
        let type = try settings.text("image_processor_type")
        let oldType = try settings.text("feature_extractor_type")
        let kind = HuggingFaceKind(type: type ?? oldType ?? "")

        let resizes = try settings.flag("do_resize", default: true)
        let crops = try settings.flag("do_center_crop", default: kind.crops)
        let crop = try crops ? settings.extents("crop_size") ?? (224, 224) : nil
        let normalises = try settings.flag("do_normalize", default: true)
        let rescales = try settings.flag("do_rescale", default: true)
        let hasOffset = try settings.flag("offset", default: kind.hasOffset)
        let mean = try settings.channels("image_mean") ?? kind.mean
        let std = try settings.deviations("image_std") ?? kind.std
        self.init(
            resizing: try resizes ? Preprocessing.huggingFaceResizing(settings, kind) : .none,
            interpolation: try settings.interpolation("resample") ?? kind.interpolation,
            crop: crop.map { CentreCrop(height: $0.height, width: $0.width, rounding: .down) },
            rescaleFactor: try rescales ? settings.number("rescale_factor") ?? 1.0 / 255 : 1,
            rescaleOffset: rescales && hasOffset ? -1 : 0,
            mean: normalises ? mean : [0, 0, 0], std: normalises ? std : [1, 1, 1])
    }

    private static func huggingFaceResizing(
        _ settings: PreprocessingSettings, _ kind: HuggingFaceKind
    ) throws(PreprocessingError) -> Resizing {
        guard let size = settings.value("size") else {
            return kind.keepsProportions ? .shortestEdge(224) : .exact(height: 224, width: 224)
        }
        if size.object != nil, let inner = try settings.settings("size") {
            if let edge = try inner.side("shortest_edge") {
                return .shortestEdge(edge, longest: try inner.side("longest_edge"))
            }
            if let extents = try inner.extents() { return .exact(height: extents.height, width: extents.width) }
            throw settings.refuse("size", "expected 'shortest_edge', or 'height' and 'width'")
        }
        guard let extents = try settings.extents("size") else { return .none }
        if kind.keepsProportions && extents.height == extents.width { return .shortestEdge(extents.height) }
        return .exact(height: extents.height, width: extents.width)
    }

    /// `pretrained_cfg` of timm, or a `config.json` that holds one.
    /// - Parameter size: What the model takes, where that is known; else what is said there.
    public init(timm json: JSONValue, size known: (height: Int, width: Int)? = nil) throws(PreprocessingError) {
        let outer = try PreprocessingSettings(json)
        let settings = try outer.settings("pretrained_cfg") ?? outer
        let stated = try settings.extents("input_size")
        let size = known ?? stated ?? (224, 224)
        let share = try settings.number("crop_pct") ?? 0.875
        guard share > 0, share <= 1 else { throw settings.refuse("crop_pct", "expected a share from 0 to 1") }
        let (height, width) = (Int(Double(size.height) / share), Int(Double(size.width) / share))
        let longest = PreprocessingSettings.longestSide
        guard max(height, width) <= longest else { throw settings.refuse("crop_pct", "makes a side beyond \(longest)") }
        let mean = try settings.channels("mean") ?? Statistics.imageNet.mean

        let mode = try settings.text("crop_mode") ?? "center"
        var crop = CentreCrop(height: size.height, width: size.width, rounding: .halfToEven)
        let resizing: Resizing
        switch mode {
        case "center": resizing = height == width ? .shortestEdge(height) : .covering(height: height, width: width)
        case "squash": resizing = .exact(height: height, width: width)
        case "border":
            resizing = .fitting(height: height, width: width)
            crop.fill = mean.map { UInt8(max(0, min(255, (255 * $0).rounded(.toNearestOrEven)))) }
        default: throw settings.refuse("crop_mode", "expected center, squash or border")
        }
        self.init(
            resizing: resizing, interpolation: try settings.interpolation("interpolation") ?? .bicubic, crop: crop,
            mean: mean, std: try settings.deviations("std") ?? Statistics.imageNet.std)
    }

    /// `preprocess_cfg` of open_clip, or an `open_clip_config.json` that holds one beside the vision tower's size.
    /// - Parameter usual: What the model takes, where that is known.
    public init(openCLIP json: JSONValue, usual: (height: Int, width: Int)? = nil) throws(PreprocessingError) {
        let outer = try PreprocessingSettings(json)
        let settings = try outer.settings("preprocess_cfg") ?? outer
        let ownSize = try settings.extents("size")
        let imageSize = try settings.extents("image_size")
        let towerSize = try outer.settings("model_cfg")?.settings("vision_cfg")?.extents("image_size")
        let size = ownSize ?? imageSize ?? usual ?? towerSize ?? (224, 224)

        var crop: CentreCrop? = CentreCrop(height: size.height, width: size.width, rounding: .halfToEven)
        let resizing: Resizing
        let mode = try settings.text("resize_mode") ?? "shortest"
        switch mode {
        case "shortest":
            resizing =
                size.height == size.width
                ? .shortestEdge(size.height) : .covering(height: size.height, width: size.width)
        case "longest":
            resizing = .fitting(height: size.height, width: size.width)
            crop?.fill = try Preprocessing.fill(settings)
        case "squash":
            resizing = .exact(height: size.height, width: size.width)
            crop = nil
        default: throw settings.refuse("resize_mode", "expected shortest, longest or squash")
        }
        self.init(
            resizing: resizing, interpolation: try settings.interpolation("interpolation") ?? .bicubic,
            resizesAsStored: true, crop: crop, mean: try settings.channels("mean") ?? Statistics.clip.mean,
            std: try settings.deviations("std") ?? Statistics.clip.std)
    }

    /// One number for all channels, or one each.
    private static func fill(_ settings: PreprocessingSettings) throws(PreprocessingError) -> [UInt8] {
        guard let value = settings.value("fill_color") else { return [0, 0, 0] }
        let numbers = value.double.map { [$0, $0, $0] } ?? value.doubles ?? []
        let fill = numbers.compactMap { UInt8(exactly: $0) }
        guard fill.count == 3 else { throw settings.refuse("fill_color", "expected a number from 0 to 255, or three") }
        return fill
    }
}

/// Means and deviations of the data that the families were trained on.
private enum Statistics {
    static let clip = (
        mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711]
    )
    static let imageNet = (mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
    static let half = (mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
}

/// The defaults of a transformers image processor, by its name.
private struct HuggingFaceKind {
    let keepsProportions: Bool
    let crops: Bool
    let hasOffset: Bool
    let interpolation: Interpolation
    let mean: [Double]
    let std: [Double]

    init(type: String) {
        let isCLIP = type.hasPrefix("CLIP") || type.hasPrefix("Bit")
        let isVideo = type.hasPrefix("VideoMAE") || type.hasPrefix("Vivit")
        keepsProportions = isCLIP || isVideo
        crops = isCLIP || isVideo
        hasOffset = type.hasPrefix("Vivit")
        interpolation = isCLIP || type.hasPrefix("Siglip") ? .bicubic : .bilinear
        let statistics =
            if isCLIP { Statistics.clip } else if type.hasPrefix("VideoMAE") { Statistics.imageNet } else {
                Statistics.half
            }
        (mean, std) = (statistics.mean, statistics.std)
    }
}
