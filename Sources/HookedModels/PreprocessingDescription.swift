public import Imaging
public import TextNumbers

// Preprocessing as the HTTP interface shows and takes it. What is shown can be sent back.

extension Preprocessing {
    /// `{"resize", "interpolation", "crop", "rescale_factor", "rescale_offset", "mean", "std"}`.
    public var json: JSONValue {
        [
            "resize": resizing.json, "interpolation": .string(interpolation.name), "crop": crop?.json ?? .null,
            "rescale_factor": .number(rescaleFactor), "rescale_offset": .number(rescaleOffset), "mean": .numbers(mean),
            "std": .numbers(std),
        ]
    }

    /// These settings with some of them replaced.
    ///
    /// - `resize`: `null`, a shortest edge, `{"shortest_edge", "longest_edge"}`, `{"height", "width"}`, or the latter with
    ///   `"mode": "cover"` or `"fit"` (in proportion, at least or at most so long)
    /// - `interpolation`: a name, or Pillow's number
    /// - `crop`: `null`, a side, or `{"height", "width", "rounding": "down" or "half_to_even", "fill": [r, g, b]}`
    /// - `rescale_factor`, `rescale_offset`: numbers; `mean`, `std`: three numbers, or `null` for none
    public func overridden(by json: JSONValue) throws(PreprocessingError) -> Preprocessing {
        let settings = try PreprocessingSettings(json)
        for member in json.object ?? [] where !Preprocessing.settingNames.contains(member.key) {
            let known = Preprocessing.settingNames.joined(separator: ", ")
            throw PreprocessingError(member.key, "unknown; the settings are \(known)")
        }
        var changed = self
        if settings.names("resize") { changed.resizing = try Resizing(settings) }
        if settings.names("crop") { changed.crop = try CentreCrop(settings, rounding: crop?.rounding ?? .halfToEven) }
        if let interpolation = try settings.interpolation("interpolation") { changed.interpolation = interpolation }
        if let factor = try settings.number("rescale_factor") { changed.rescaleFactor = factor }
        if let offset = try settings.number("rescale_offset") { changed.rescaleOffset = offset }
        if settings.names("mean") { changed.mean = try settings.channels("mean") ?? [0, 0, 0] }
        if settings.names("std") { changed.std = try settings.deviations("std") ?? [1, 1, 1] }
        return changed
    }

    private static let settingNames = [
        "resize", "interpolation", "crop", "rescale_factor", "rescale_offset", "mean", "std",
    ]
}

extension Resizing {
    fileprivate var json: JSONValue {
        func extents(_ height: Int, _ width: Int) -> [JSONMember] {
            [JSONMember("height", .integer(Int64(height))), JSONMember("width", .integer(Int64(width)))]
        }
        switch self {
        case .none: return .null
        case .exact(let height, let width): return .object(extents(height, width))
        case .covering(let height, let width): return .object([JSONMember("mode", "cover")] + extents(height, width))
        case .fitting(let height, let width): return .object([JSONMember("mode", "fit")] + extents(height, width))
        case .shortestEdge(let edge, nil): return ["shortest_edge": .integer(Int64(edge))]
        case .shortestEdge(let edge, let longest?):
            return ["shortest_edge": .integer(Int64(edge)), "longest_edge": .integer(Int64(longest))]
        }
    }

    fileprivate init(_ settings: PreprocessingSettings) throws(PreprocessingError) {
        guard let value = settings.value("resize") else {
            self = .none
            return
        }
        guard value.object != nil, let inner = try settings.settings("resize") else {
            guard let edge = try settings.side("resize") else { throw settings.refuse("resize", "expected a size") }
            self = .shortestEdge(edge)
            return
        }
        if let edge = try inner.side("shortest_edge") {
            self = .shortestEdge(edge, longest: try inner.side("longest_edge"))
            return
        }
        guard let size = try inner.extents() else {
            throw settings.refuse("resize", "expected 'shortest_edge', or 'height' and 'width'")
        }
        let mode = try inner.text("mode") ?? "exact"
        switch mode {
        case "exact": self = .exact(height: size.height, width: size.width)
        case "cover": self = .covering(height: size.height, width: size.width)
        case "fit": self = .fitting(height: size.height, width: size.width)
        default: throw inner.refuse("mode", "expected exact, cover or fit")
        }
    }
}

extension CentreCrop {
    fileprivate var json: JSONValue {
        [
            "height": .integer(Int64(height)), "width": .integer(Int64(width)),
            "rounding": .string(rounding.rawValue), "fill": .numbers(fill.map(Double.init)),
        ]
    }

    /// `nil` where the crop is `null`.
    fileprivate init?(_ settings: PreprocessingSettings, rounding: Rounding) throws(PreprocessingError) {
        guard let size = try settings.extents("crop") else { return nil }
        self.init(height: size.height, width: size.width, rounding: rounding)
        guard settings.value("crop")?.object != nil, let inner = try settings.settings("crop") else { return }
        if let name = try inner.text("rounding") {
            guard let rounding = Rounding(rawValue: name) else {
                throw inner.refuse("rounding", "expected down or half_to_even")
            }
            self.rounding = rounding
        }
        if let numbers = try inner.channels("fill") {
            fill = numbers.compactMap { UInt8(exactly: $0) }
            guard fill.count == 3 else { throw inner.refuse("fill", "expected three whole numbers from 0 to 255") }
        }
    }
}
