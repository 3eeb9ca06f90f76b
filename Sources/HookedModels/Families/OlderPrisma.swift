internal import Checkpoints

/// ViT-Prisma's code base before 1.0, which the toy models on the hub (ImageNet and dSprites, one to four layers) were
/// trained with. It names its tensors otherwise, and of those names only the embedding's and the fused `qkv` of attention
/// are known; what the MLP, the head and the output of attention are called is not, so nothing is guessed.
enum OlderPrisma {
    private static let embedding = ["patch_embedding.proj.weight", "position_embedding"]

    /// Why a checkpoint is not read that has these names; `nil` for any other.
    static func refusal(of weights: WeightReader) -> ModelError? {
        // As `DataParallel` saves it, and without.
        let place = [weights, weights["module"]].first { place in embedding.allSatisfy { place.contains($0) } }
        guard let place else { return nil }
        return .recognisedInPart(
            what: "a checkpoint of ViT-Prisma's older code base",
            by: embedding.map { place.key($0) },
            missing:
                "the names that its attention, MLP and head had there are not known; as ViT-Prisma names them now, "
                + "'embed.proj.weight', 'pos_embed.W_pos', 'blocks.0.attn.W_Q' and the like were expected")
    }
}
