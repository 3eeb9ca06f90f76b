public import Checkpoints
internal import Foundation
internal import Tensors

/// What a CLIP (Radford et al. 2021, arXiv:2103.00020) has beside its model of pictures: the tower that reads texts into
/// the same space, the tokenizer for it, and the scale of the cosines between the two.
public struct TextSide: Sendable {
    /// Reads token ids; its output is a text's direction, not yet of unit length.
    public let tower: HookedModel
    /// What it reads; the tower's own architecture says the same.
    public let input: TextInput
    /// Makes ids of texts; or why there is none.
    public let tokenizer: Result<Tokenizer, TokenizerError>
    /// What cosines are multiplied with to be logits: e to the checkpoint's `logit_scale`; 100, what CLIP's training ends
    /// with, where it has none.
    public let logitScale: Float

    /// Reads the text side of a checkpoint; `nil` where it has none. A tokenizer that cannot be read does not keep the tower
    /// from being used.
    /// - Throws: As `HookedModel.init(textOf:options:)`.
    public init?(of checkpoint: Checkpoint, options: ModelOptions = ModelOptions()) throws {
        guard let tower = try HookedModel(textOf: checkpoint, options: options),
            let input = tower.architecture.text
        else { return nil }
        self.tower = tower
        self.input = input
        logitScale = Self.logitScale(of: checkpoint)
        do throws(TokenizerError) {
            guard let found = try Tokenizer(of: checkpoint, for: input) else {
                throw TokenizerError(
                    checkpoint.name,
                    "no tokenizer lies beside the weights: expected vocab.json and merges.txt, tokenizer.json, or "
                        + "bpe_simple_vocab_16e6.txt.gz")
            }
            tokenizer = .success(found)
        } catch {
            tokenizer = .failure(error)
        }
    }

    private static func logitScale(of checkpoint: Checkpoint) -> Float {
        guard let entry = checkpoint.entry(named: "logit_scale"), entry.count == 1,
            let logarithm = (try? checkpoint.tensor(entry))?.elements.first
        else { return 100 }
        let scale = exp(Double(logarithm))
        return scale.isFinite ? Float(scale) : 100
    }
}
