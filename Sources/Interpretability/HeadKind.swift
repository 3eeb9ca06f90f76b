internal import Foundation
internal import Tensors

/// What a head is called by its scores.
///
/// A mass is compared with what attention that is the same everywhere would give it: its excess
/// (mass − uniform) / (1 − uniform) is 0 for such a head and 1 for one that looks nowhere else. A head gets the name of
/// the largest excess; where a narrower kind explains nearly as much (previous patch rather than row), of that one.
public struct HeadKind: Sendable, Equatable {
    /// The name of a ``HeadScore`` that is a mass (`cls` for `attention_to_cls`), or `local`, `broad`, `landmark`, `mixed`.
    public let name: String
    /// How clear the case is, up to 1.
    public let score: Double

    /// One sentence about such a head.
    public var sentence: String { HeadKind.sentences[name] ?? "" }

    /// Every name, narrower kinds first.
    public static let names = narrow.map(\.kind) + ["local", "landmark", "broad", "mixed"]

    /// From the narrowest to the widest set of keys.
    private static let narrow: [(kind: String, score: HeadScore)] = [
        ("self", .itself), ("previous_patch", .previousPatch), ("next_patch", .nextPatch),
        ("previous_row", .previousRow), ("next_row", .nextRow), ("cls", .attentionToCLS), ("corner", .corner),
        ("row", .row), ("column", .column), ("edge", .edge),
    ]

    private static let sentences = Dictionary(
        uniqueKeysWithValues: narrow.map { ($0.kind, $0.score.sentence) } + [
            ("local", "Patches look at their neighbourhood."),
            ("landmark", HeadScore.agreement.sentence),
            ("broad", "The head looks nearly everywhere alike: it averages."),
            ("mixed", "Where the head looks depends on what is in the picture."),
        ])

    /// An excess below this names no kind.
    private static let least = 0.25
    /// A narrower kind is preferred where it explains this share of what the best one explains.
    private static let nearly = 0.8

    /// The kind of each head: [layer][head]; `nil` for a head of which any score is not finite.
    public static func all(in summary: HeadSummary) -> [[HeadKind?]] {
        guard let shape = summary.scores.first?.values.shape else { return [] }
        return (0..<shape[0]).map { layer in
            (0..<shape[1]).map { head in
                let isFinite = summary.scores.allSatisfy { $0.values[layer, head].isFinite }
                return isFinite ? HeadKind(of: head, layer, summary) : nil
            }
        }
    }

    private init(of head: Int, _ layer: Int, _ summary: HeadSummary) {
        let value = { (name: String) in
            summary.scores.first { $0.name == name }.map { Double($0.values[layer, head]) }
        }
        let excesses = HeadKind.narrow.compactMap { kind, score -> (kind: String, excess: Double)? in
            guard let mass = value(score.name), let uniform = summary.uniform[score.name], uniform < 1 else {
                return nil
            }
            return (kind, (mass - uniform) / (1 - uniform))
        }
        let best = excesses.map(\.excess).max() ?? 0
        if best >= HeadKind.least, let match = excesses.first(where: { $0.excess >= HeadKind.nearly * best }) {
            (name, score) = (match.kind, match.excess)
            return
        }
        let spread = (value("entropy") ?? 0) / max(log(Double(summary.layout.positions)), .leastNonzeroMagnitude)
        let distance = HeadScore.meanDistance.name
        let nearness = HeadKind.nearness(value(distance) ?? 0, uniform: summary.uniform[distance] ?? 0)
        let agreement = value("agreement") ?? 0
        if nearness >= 0.4 {
            (name, score) = ("local", nearness)
        } else if spread >= 0.9 {
            (name, score) = ("broad", spread)
        } else if agreement >= 0.6 {
            (name, score) = ("landmark", agreement)
        } else {
            (name, score) = ("mixed", 1 - spread)
        }
    }

    /// 1 for a head that looks at the query only, 0 for one whose mean distance is that of uniform attention.
    private static func nearness(_ distance: Double, uniform: Double) -> Double {
        uniform > 0 ? 1 - distance / uniform : 0
    }
}
