internal import HookedModels
internal import TextNumbers
internal import Web

/// `hooks`, and which part of them, as a request writes it.
enum CaptureForm {
    /// The name under which a request gets what went into the model.
    static let pixelValues = "pixel_values"

    /// One entry of `capture`.
    static let form = Form.object(
        "Capture", "Hooks by names or patterns, and the part of them that is wanted. Axes always stay.",
        fields: hooks(), positions(), heads(), keys(), features(), reduce(), make: make)

    static func hooks() -> Field<[String]> {
        Field(
            "hooks", .list(of: .string(length: 1...Glob.maximumLength), count: 1...1_024),
            "Names, or patterns: * any characters, dots included; ? one; [a-b] one of a range; {a,b} either. "
                + "\"pixel_values\" is what went into the model.")
    }

    /// The same for an endpoint where all hooks are the usual wish.
    static func hooksOrAll() -> Field<[String]> {
        Field(
            "hooks", .list(of: .string(length: 1...Glob.maximumLength), count: 1...1_024), default: ["*"],
            "Names, or patterns: * any characters, dots included; ? one; [a-b] one of a range; {a,b} either.")
    }

    static func positions() -> Field<Selection.Positions> {
        Field(
            "positions", positionsForm, default: "all",
            "Of the position axis; of a pattern, the queries. Negative ones count from the end.")
    }

    static let positionsForm = Form<Selection.Positions>.either(
        Form<String>.choice(["all", "cls", "patches"]).map { $0 == "all" ? .all : $0 == "cls" ? .cls : .patches },
        Form<[Int]>.list(of: .integer, count: 1...65_536).map { .indices($0) })

    static func heads() -> Field<[Int]?> {
        Field(optional: "heads", .list(of: .integer, count: 1...65_536), "Of the head axis.")
    }

    static func keys() -> Field<[Int]?> {
        Field(
            optional: "keys", .list(of: .integer, count: 1...65_536),
            "Of a pattern or its scores: the positions that are looked at.")
    }

    static func features() -> Field<[Int]?> {
        Field(optional: "features", .list(of: .integer, count: 1...1_048_576), "Of the last axis.")
    }

    static func reduce() -> Field<Selection.Reduction?> {
        Field(optional: "reduce", reduction, "Makes one position of those that were chosen.")
    }

    static let make:
        @Sendable ([String], Selection.Positions, [Int]?, [Int]?, [Int]?, Selection.Reduction?) -> CaptureRequest = {
            CaptureRequest(
                hooks: $0,
                selection: Selection(positions: $1, heads: $2, keys: $3, features: $4, reduction: $5))
        }

    private static let reduction = Form.object(
        "Reduction",
        fields: Field("op", .choice(of: Selection.Reduction.self), "The mean, the Euclidean norm, or the largest."),
        Field("over", .choice(["position"]), default: "position", "The axis that becomes one."),
        make: { op, _ in op })
}
