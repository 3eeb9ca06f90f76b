internal import HookedModels
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
    case overriding(JSONValue)

    static let form = Form<PreprocessChoice>.either(
        Form<Bool>.boolean.map { $0 ? .own : .unitScale }, Form<JSONValue>.json(schema).map { .overriding($0) })

    /// The settings as a model's document shows them; ``HookedModels`` reads them.
    private static let schema = Schema.object(
        "Preprocess", "Settings that replace the model's own; what a model's document shows can be sent back.",
        properties: [
            .init(
                "resize",
                .any.described(
                    "A shortest edge, {\"shortest_edge\"}, {\"height\", \"width\"}, the latter also with \"mode\": \"cover\" or "
                        + "\"fit\", or null."), isRequired: false),
            .init(
                "interpolation", .any.described("A name such as \"bicubic\", or Pillow's number."), isRequired: false),
            .init("crop", .any.described("A side, {\"height\", \"width\", \"rounding\"}, or null."), isRequired: false),
            .init("rescale_factor", .number, isRequired: false),
            .init("rescale_offset", .number, isRequired: false),
            .init("mean", .list(.number, count: 3...3).nullable, isRequired: false),
            .init("std", .list(.number, count: 3...3).nullable, isRequired: false),
        ])

    /// - Throws: The field's error where a setting is none.
    func apply(to own: Preprocessing, height: Int, width: Int) throws(FieldError) -> Preprocessing {
        switch self {
        case .own: return own
        case .unitScale: return .unitScale(height: height, width: width)
        case .overriding(let settings):
            do {
                return try own.overridden(by: settings)
            } catch {
                let place = error.field.split(separator: ".").reduce(JSONPointer()["preprocess"]) { $0[String($1)] }
                throw FieldError(.pointer(place), error.detail)
            }
        }
    }
}
