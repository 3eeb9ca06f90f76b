internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// How sweeps are written: axes, cells, metrics.
extension Sweep {
    /// `[{"axis": "layer", "values": [0, 1]}, …]`
    var axesDocument: JSONValue {
        .list(over.map { ["axis": .string($0.rawValue), "values": .integers(chosen[$0] ?? [])] })
    }

    /// A cell's coordinates, by the names of the axes.
    func members(of cell: Cell) -> [JSONMember] {
        zip(over, cell.coordinates).map { JSONMember($0.rawValue, .integer(Int64($1))) }
    }

    /// What is asked, for the provenance.
    var document: JSONValue {
        [
            "hook": .string(site.rawValue), "over": .list(over.map { .string($0.rawValue) }),
            "chosen": .object(
                chosen.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    JSONMember($0.key.rawValue, .integers($0.value))
                }
            ),
        ]
    }

    /// As ``axesDocument`` writes them.
    static let axesSchema = Schema.list(
        .object(
            "SweepAxisOut", "One axis of the result.",
            properties: [
                .init("axis", .choice(SweepAxis.allCases.map(\.rawValue))), .init("values", .list(.integer)),
            ]))

    /// A number for each axis that is swept over, and whatever a cell tells.
    static func cellSchema(_ more: [Schema.Property] = []) -> Schema {
        .object(properties: SweepAxis.allCases.map { .init($0.rawValue, .integer, isRequired: false) } + more)
    }
}

extension Metric {
    /// As answers show it.
    func document(_ names: any ClassNames) -> JSONValue {
        [
            "kind": .string(kind.rawValue), "classes": .list(classes.map { ClassScores.document($0, names) }),
            "position": JSONValue(orNull: position),
        ]
    }

    /// As ``document(_:)`` writes it.
    static let schema = Schema.object(
        "MetricOut", "What was measured.",
        properties: [
            .init("kind", .choice(Kind.allCases.map(\.rawValue))), .init("classes", .list(ClassScores.nameSchema)),
            .init("position", .integer.nullable),
        ])
}
