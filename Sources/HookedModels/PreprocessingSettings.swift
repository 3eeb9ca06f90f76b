import Imaging
import TextNumbers

/// Reads typed settings out of the JSON object of a configuration. A setting that is absent or `null` gives `nil`; one
/// of the wrong type or range is an error that names it.
struct PreprocessingSettings {
    /// No model takes a longer side, and no configuration may ask for more memory than that makes.
    static let longestSide = 8192

    private let json: JSONValue
    private let path: String

    init(_ json: JSONValue, path: String = "") throws(PreprocessingError) {
        guard json.object != nil else {
            throw PreprocessingError(path.isEmpty ? "preprocessing" : path, "expected an object")
        }
        self.json = json
        self.path = path
    }

    func value(_ name: String) -> JSONValue? {
        guard let value = json[name], !value.isNull else { return nil }
        return value
    }

    /// Whether the setting is there, be it as `null`.
    func names(_ name: String) -> Bool { json[name] != nil }

    func field(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func refuse(_ name: String, _ detail: String) -> PreprocessingError { PreprocessingError(field(name), detail) }

    func settings(_ name: String) throws(PreprocessingError) -> PreprocessingSettings? {
        guard let value = value(name) else { return nil }
        return try PreprocessingSettings(value, path: field(name))
    }

    func flag(_ name: String, default standard: Bool) throws(PreprocessingError) -> Bool {
        guard let value = value(name) else { return standard }
        guard let flag = value.bool else { throw refuse(name, "expected true or false") }
        return flag
    }

    func text(_ name: String) throws(PreprocessingError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw refuse(name, "expected a text") }
        return text
    }

    func number(_ name: String) throws(PreprocessingError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.double, number.isFinite else { throw refuse(name, "expected a number") }
        return number
    }

    /// One number a channel.
    func channels(_ name: String) throws(PreprocessingError) -> [Double]? {
        guard let value = value(name) else { return nil }
        guard let numbers = value.doubles, numbers.count == 3 else { throw refuse(name, "expected three numbers") }
        return numbers
    }

    func deviations(_ name: String) throws(PreprocessingError) -> [Double]? {
        let numbers = try channels(name)
        if let numbers, numbers.contains(where: { $0 <= 0 }) { throw refuse(name, "expected three positive numbers") }
        return numbers
    }

    func side(_ name: String) throws(PreprocessingError) -> Int? {
        guard let value = value(name) else { return nil }
        return try side(value, name)
    }

    private func side(_ value: JSONValue, _ name: String) throws(PreprocessingError) -> Int {
        guard let side = value.int, (1...PreprocessingSettings.longestSide).contains(side) else {
            throw refuse(name, "expected a whole number from 1 to \(PreprocessingSettings.longestSide)")
        }
        return side
    }

    /// The members `height` and `width` of this object.
    func extents() throws(PreprocessingError) -> (height: Int, width: Int)? {
        guard let height = try side("height"), let width = try side("width") else { return nil }
        return (height, width)
    }

    /// `224`, `[224, 224]`, `[3, 224, 224]` or `{"height": 224, "width": 224}`.
    func extents(_ name: String) throws(PreprocessingError) -> (height: Int, width: Int)? {
        guard let value = value(name) else { return nil }
        if value.object != nil {
            if let extents = try PreprocessingSettings(value, path: field(name)).extents() { return extents }
        } else if let list = value.array {
            if list.count == 2 || list.count == 3 {
                return (try side(list[list.count - 2], name), try side(list[list.count - 1], name))
            }
        } else {
            let side = try side(value, name)
            return (side, side)
        }
        throw refuse(name, "expected a side or height and width")
    }

    /// By name, or by the number that Pillow gives it.
    func interpolation(_ name: String) throws(PreprocessingError) -> Interpolation? {
        guard let value = value(name) else { return nil }
        if let match = value.int.flatMap(Interpolation.init(rawValue:)) { return match }
        if let match = value.string.flatMap(Interpolation.init(name:)) { return match }
        let names = Interpolation.allCases.map(\.name).joined(separator: ", ")
        throw refuse(name, "expected one of \(names), or its number from 0 to 5")
    }
}
