internal import Imaging
internal import TextNumbers
internal import Web

/// What `preprocess` asks for.
enum PreprocessChoice: Sendable {
    /// As the model's own configuration says.
    case own
    /// At the model's size and in [0, 1] only.
    case unitScale
    /// The model's own with some settings replaced.
    case overriding(PreprocessOverrides)

    static let form = Form<PreprocessChoice>.either(
        Form<Bool>.boolean.map { $0 ? .own : .unitScale }, PreprocessOverrides.form.map { .overriding($0) })

    func apply(to own: Preprocessing, height: Int, width: Int) -> Preprocessing {
        switch self {
        case .own: own
        case .unitScale: .unitScale(height: height, width: width)
        case .overriding(let overrides): overrides.apply(to: own)
        }
    }
}

/// Settings of a preprocessing that a request replaces.
struct PreprocessOverrides: Sendable {
    let resize: Resizing?
    let interpolation: Interpolation?
    /// `.some(nil)` for no crop at all.
    let crop: CentreCrop??
    let rescaleFactor: Double?
    let mean: [Double]?
    let std: [Double]?

    static let form = Form.object(
        "Preprocess", "Settings that replace the model's own.",
        fields: Field(optional: "resize", Resizing.form, "To what size the picture is brought."),
        Field(optional: "interpolation", interpolation, "How pixels are resampled."),
        Field(optional: "crop", CentreCrop.form.nullable, "What is cut from the middle; null for nothing."),
        Field(optional: "rescale_factor", .number(-1_000...1_000), "Each 8-bit value is multiplied by it."),
        Field(optional: "mean", .list(of: .number, count: 3...3), "Subtracted from each channel."),
        Field(
            optional: "std", .list(of: .number, count: 3...3).map(checking: nonZero), "Each channel is divided by it."),
        make: PreprocessOverrides.init)

    func apply(to own: Preprocessing) -> Preprocessing {
        var result = own
        if let resize { result.resizing = resize }
        if let interpolation { result.interpolation = interpolation }
        if let crop { result.crop = crop }
        if let rescaleFactor { result.rescaleFactor = rescaleFactor }
        if let mean { result.mean = mean }
        if let std { result.std = std }
        return result
    }

    private static let interpolation = Form<String>.choice(Interpolation.allCases.map(\.name)).map { name in
        Interpolation(name: name) ?? .bilinear
    }

    @Sendable private static func nonZero(_ values: [Double]) throws(Mismatch) -> [Double] {
        if values.contains(0) { throw Mismatch("no channel can be divided by 0") }
        return values
    }
}

extension Resizing {
    private static let side = 1...16_384

    /// `{"shortest_edge": 224}`, `{"exact": [224, 224]}`, `{"covering": [..]}`, `{"fitting": [..]}`, each [height, width].
    static let form = Form<Resizing>.oneKey(
        "Resize", "To what size a picture is brought before it is cropped; sides are [height, width].",
        Variant("exact", sides, "Exactly so, whatever becomes of the proportions.") { .exact(height: $0[0], width: $0[1]) },
        Variant("shortest_edge", .integer(side), "The shorter side gets this length.") { .shortestEdge($0) },
        Variant("covering", sides, "In proportion, both sides at least so long.") { .covering(height: $0[0], width: $0[1]) },
        Variant("fitting", sides, "In proportion, both sides at most so long.") { .fitting(height: $0[0], width: $0[1]) })

    private static let sides = Form<[Int]>.list(of: .integer(side), count: 2...2)

    /// As ``form`` reads it; `null` where nothing is resized.
    var json: JSONValue {
        switch self {
        case .none: .null
        case .exact(let height, let width): ["exact": .list([.integer(Int64(height)), .integer(Int64(width))])]
        case .shortestEdge(let size, _): ["shortest_edge": .integer(Int64(size))]
        case .covering(let height, let width): ["covering": .list([.integer(Int64(height)), .integer(Int64(width))])]
        case .fitting(let height, let width): ["fitting": .list([.integer(Int64(height)), .integer(Int64(width))])]
        }
    }
}

extension CentreCrop {
    static let form = Form.object(
        "Crop", "The middle of the picture.",
        fields: Field("height", .integer(1...16_384), "In pixels."), Field("width", .integer(1...16_384), "In pixels."),
        Field(
            "rounding", .choice(of: Rounding.self), default: "down",
            "Where the middle is when an odd number of pixels is cut: transformers rounds down, torchvision half to even."),
        make: { CentreCrop(height: $0, width: $1, rounding: $2) })

    var json: JSONValue {
        ["height": .integer(Int64(height)), "width": .integer(Int64(width)), "rounding": .string(rounding.rawValue)]
    }
}

extension Preprocessing {
    /// As a request may override it.
    var json: JSONValue {
        [
            "resize": resizing.json, "interpolation": .string(interpolation.name), "crop": crop?.json ?? .null,
            "rescale_factor": .number(rescaleFactor), "mean": .numbers(mean), "std": .numbers(std),
        ]
    }
}
