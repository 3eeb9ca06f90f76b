extension TinyModel {
    /// Who could have written its checkpoint.
    public enum Layout: String, Sendable, CaseIterable, CustomStringConvertible {
        /// transformers' `ViTForImageClassification`.
        case huggingFace
        /// transformers' `ViTModel`: no classifier.
        case huggingFaceFeatures
        /// transformers' `CLIPModel`: both towers.
        case clip
        /// transformers' `CLIPVisionModelWithProjection`.
        case clipVision
        /// open_clip's: both towers.
        case openCLIP
        /// transformers' `Dinov2Model`.
        case dinov2
        /// transformers' `Dinov2WithRegistersForImageClassification`.
        case dinov2Registers
        /// transformers' `SiglipVisionModel`.
        case sigLIP
        /// timm's, with a class token.
        case timm
        /// timm's, with the mean of the patches and no class token.
        case timmPooled
        /// timm's, the mean of the patches normalised after pooling, the class token not read.
        case timmPooledNorm
        /// timm's, with registers and layer scale, positions for the patches alone.
        case timmRegisters
        /// timm's CLIP: a norm before the blocks, quick GELU, patches without bias.
        case timmCLIP
        /// timm's distilled DeiT: two tokens, two heads.
        case timmDistilled
        /// timm's, with attention pooling.
        case timmAttentionPooled
        /// ViT-Prisma's, attention without MLP.
        case prismaAttentionOnly
        /// ViT-Prisma's BertBlock, with a norm before the blocks.
        case prismaBert
        /// ViT-Prisma's SoLU.
        case prismaSoLU
        /// ViT-Prisma's norms without weights, scores that are not scaled, no head.
        case prismaLNPre
        /// ViT-Prisma's, of one channel, with the mean of all positions and no class token.
        case prismaGrey
        /// ViT-Prisma's, with all optional hooks.
        case prismaFlags

        /// Its case.
        public var description: String { rawValue }

        /// What the model is recognised as.
        public var family: String {
            switch self {
            case .huggingFace, .huggingFaceFeatures: "hf_vit"
            case .clip, .clipVision: "hf_clip"
            case .openCLIP: "open_clip"
            case .dinov2, .dinov2Registers: "hf_dinov2"
            case .sigLIP: "hf_siglip"
            case .timm, .timmPooled, .timmPooledNorm, .timmRegisters, .timmCLIP, .timmDistilled, .timmAttentionPooled:
                "timm_vit"
            case .prismaAttentionOnly, .prismaBert, .prismaSoLU, .prismaLNPre, .prismaGrey, .prismaFlags: "prisma"
            }
        }

        /// Whether a learned token stands before the patches.
        public var hasClassToken: Bool {
            ![.timmPooled, .timmAttentionPooled, .sigLIP, .prismaGrey].contains(self)
        }

        /// Tokens before the first patch.
        public var prefixTokens: Int {
            switch self {
            case .dinov2Registers, .timmRegisters: 1 + TinyModel.registers
            case .timmDistilled: 2
            default: hasClassToken ? 1 : 0
            }
        }

        /// Whether a linear layer follows the pooling: a classifier, or a projection into the space of pictures and texts.
        public var hasHead: Bool { ![.huggingFaceFeatures, .dinov2, .sigLIP, .prismaLNPre].contains(self) }

        /// Whether a text tower stands beside the model of pictures.
        public var hasText: Bool { [.clip, .openCLIP].contains(self) }

        /// Whether the output is a head over the class token after the last norm, and nothing else.
        public var answersFromClassToken: Bool {
            hasHead && hasClassToken && ![.dinov2Registers, .timmPooledNorm, .timmDistilled].contains(self)
        }

        /// n_channels.
        public var channels: Int { self == .prismaGrey ? 1 : 3 }
    }

    /// Of the layouts that have any.
    static let registers = 3
}
