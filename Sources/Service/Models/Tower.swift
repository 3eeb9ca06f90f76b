internal import HTTPTypes
internal import HookedModels
internal import Web

/// Which of a model's towers runs.
enum Tower: String, Sendable, CaseIterable {
    /// Reads pictures.
    case vision
    /// Reads texts: CLIP has one.
    case text
}

/// A tower made ready for inputs.
struct LoadedTower: Sendable {
    let tower: Tower
    let model: HookedModel
    /// Of a text tower.
    let text: TextSide?
    /// Whether the model has a text tower beside this one.
    let hasTextBeside: Bool
    /// What was made out of its weights alone.
    let circuits: CircuitStore
}

extension LoadedModel {
    /// - Throws: 409 for a tower that it does not have.
    func tower(_ tower: Tower) throws(Problem) -> LoadedTower {
        switch tower {
        case .vision:
            return LoadedTower(
                tower: tower, model: model, text: nil, hasTextBeside: text != nil, circuits: circuits)
        case .text:
            let text = try textSide()
            return LoadedTower(
                tower: tower, model: text.tower, text: text, hasTextBeside: false, circuits: textCircuits)
        }
    }

    /// - Throws: 409 where there is none.
    func textSide() throws(Problem) -> TextSide {
        if let text { return text }
        let reason = textProblem.map { "The text tower of the model '\(id)' could not be read: \($0)." }
        throw Problem(
            .conflict,
            reason ?? "The model '\(id)' has no text tower; those of CLIP have one, with the whole checkpoint.")
    }

    /// The towers it has, `vision` first.
    var towers: [Tower] { text == nil ? [.vision] : [.vision, .text] }

    /// Bytes of all weights as they lie in memory.
    var weightBytes: Int { model.weightBytes + (text?.tower.weightBytes ?? 0) }
}
