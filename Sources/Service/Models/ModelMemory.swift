internal import Checkpoints
internal import HTTPTypes
internal import TextNumbers
internal import Web

/// How much memory models may take together.
enum ModelMemory {
    /// What a checkpoint's weights will take as float32.
    /// - Returns: `nil` where the sum exceeds any memory.
    static func estimate(_ checkpoint: Checkpoint) -> Int? {
        var total = 0
        for entry in checkpoint.entries {
            let (bytes, isTooLarge) = entry.count.multipliedReportingOverflow(by: 4)
            let (sum, isTooMuch) = total.addingReportingOverflow(bytes)
            if isTooLarge || isTooMuch { return nil }
            total = sum
        }
        return total
    }

    /// - Parameter used: by the models that are loaded.
    static func check(_ checkpoint: Checkpoint, used: Int, limit: Int) throws(OverBudget) {
        guard let needed = estimate(checkpoint) else {
            throw OverBudget(needed: .max, used: used, limit: limit)
        }
        let (total, overflow) = used.addingReportingOverflow(needed)
        guard !overflow, total <= limit else { throw OverBudget(needed: needed, used: used, limit: limit) }
    }
}

/// A model that does not fit beside those that are loaded.
struct OverBudget: Error, CustomStringConvertible {
    let needed: Int
    let used: Int
    let limit: Int

    var description: String {
        let advice = needed > limit ? "raise the limit" : "unload a model, or raise the limit"
        return "its weights take \(needed) bytes, and \(used) of the \(limit) that models may take "
            + "(limits.model_memory) are in use; \(advice)"
    }

    /// A 409 with the figures.
    func problem(_ id: String) -> Problem {
        Problem(
            .conflict, "The model '\(id)' does not fit: \(self).",
            members: Problem.limit("model_memory", limit) + [
                JSONMember("needed", .integer(Int64(needed))), JSONMember("in_use", .integer(Int64(used))),
            ])
    }
}
