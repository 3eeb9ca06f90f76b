internal import Foundation
internal import HookedModels
internal import TextNumbers

/// The classes of one input, best first.
struct Ranking {
    private let logits: [Float]
    /// Classes by falling logit; equal ones by rising number; what is no number last.
    private let order: [Int]
    private let largest: Double
    /// Σ e^(logit − largest)
    private let sum: Double

    init(_ logits: [Float]) {
        self.logits = logits
        let key = logits.map { $0.isNaN ? -Float.infinity : $0 }
        order = logits.indices.sorted { (key[$0], -$0) > (key[$1], -$1) }
        let largest = order.first.map { Double(logits[$0]) } ?? 0
        self.largest = largest
        sum = logits.reduce(0) { $0 + exp(Double($1) - largest) }
    }

    /// Softmax's value at a class.
    func probability(_ index: Int) -> Double { exp(Double(logits[index]) - largest) / sum }

    func document(top count: Int, answer: Int?, _ model: HookedModel) -> JSONValue {
        let top = order.prefix(count).map { index -> JSONValue in
            [
                "index": .integer(Int64(index)), "label": .string(model.label(index)),
                "emoji": model.emoji(index).map { .string($0) } ?? .null,
                "logit": number(Double(logits[index])), "probability": number(probability(index)),
            ]
        }
        var members = [JSONMember("top", .list(top))]
        if let answer {
            members.append(
                JSONMember("answer", ["index": .integer(Int64(answer)), "label": .string(model.label(answer))]))
            members.append(JSONMember("rank", .integer(Int64(order.firstIndex(of: answer) ?? order.count))))
        }
        return .object(members)
    }

    /// As short as float32 allows; `null` where it is no number.
    private func number(_ value: Double) -> JSONValue {
        value.isFinite ? .number(Double("\(Float(value))") ?? value) : .null
    }
}
