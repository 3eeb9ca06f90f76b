import Foundation
import TextNumbers

/// A prediction for people: the picture's name, then a class a line with its emoji, probability and logit.
struct PredictionTable {
    let text: String

    /// - Parameter result: one of `/predict`'s `results`.
    init(_ name: String, _ result: JSONValue) {
        let classes = result["top"]?.array ?? []
        let width = classes.compactMap { $0["label"]?.string?.count }.max() ?? 0
        let lines = classes.map { entry in
            let label = entry["label"]?.string ?? ""
            let probability = entry["probability"]?.double ?? .nan
            // Most emoji take two columns of a terminal, as do these spaces.
            return "  \(entry["emoji"]?.string ?? "  ")  " + label
                + String(repeating: " ", count: width - label.count) + "  " + Self.percent(probability) + "  "
                + Self.bar(probability) + "  " + String(format: "%8.3f", entry["logit"]?.double ?? .nan)
        }
        let nothing = classes.isEmpty ? ["  the logits are no numbers: no class is the best"] : []
        text = ([name] + lines + nothing).joined(separator: "\n")
    }

    static func percent(_ probability: Double) -> String { String(format: "%6.2f %%", probability * 100) }

    /// Twenty columns for 1.
    private static func bar(_ probability: Double) -> String {
        let filled = probability.isFinite ? Int((min(max(probability, 0), 1) * 20).rounded()) : 0
        return String(repeating: "█", count: filled) + String(repeating: "·", count: 20 - filled)
    }
}
