internal import Interpretability
internal import TextNumbers
internal import Web

/// Classes and what a model says of them, as answers write them.
enum ClassScores {
    /// One class with its score.
    static let schema = Schema.object(
        "ClassScore",
        properties: [
            .init("index", .integer), .init("label", .string), .init("emoji", .string.nullable),
            .init("logit", .number.nullable),
            .init(
                "probability", .number.nullable.described("null for a dimension of an embedding, which is no class.")),
        ])

    /// A class by itself.
    static let nameSchema = Schema.object(
        "ClassName",
        properties: [.init("index", .integer), .init("label", .string), .init("emoji", .string.nullable)])

    static func document(_ score: ClassRanking.Score, _ model: any ClassNames) -> JSONValue {
        .object(
            name(score.index, model) + [
                JSONMember("logit", .float(Double(score.logit))),
                JSONMember("probability", model.areClasses ? .float(score.probability) : .null),
            ])
    }

    static func document(_ index: Int, _ model: any ClassNames) -> JSONValue { .object(name(index, model)) }

    private static func name(_ index: Int, _ model: any ClassNames) -> [JSONMember] {
        [
            JSONMember("index", .integer(Int64(index))), JSONMember("label", .string(model.label(index))),
            JSONMember("emoji", JSONValue(orNull: model.emoji(index))),
        ]
    }
}
