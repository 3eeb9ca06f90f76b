import HookedModels
import Testing

@Suite struct RegisteredModelsTests {
    private static let all = RegisteredModels.all
    private static let vision = all.filter { $0.tower == .vision }
    private static let text = all.filter { $0.tower == .text }

    /// ViT-Prisma's own counts: 3 of timm, 5 of transformers' CLIP, 38 + 26 of open_clip, 7 EVA, 4 DINO, 2 ViViT, 1 V-JEPA.
    @Test func everyNameIsThere() {
        #expect(Self.vision.count == 86 && Self.text.count == 14)
        #expect(Self.vision.count { $0.name.hasPrefix("open-clip:") } == 38 + 26 + 7)
        #expect(Self.vision.count { $0.family == "timm_vit" } == 3)
        #expect(Self.vision.count { $0.family == "hf_clip" } == 5)
        #expect(Self.vision.count { $0.family == "eva" } == 7)
        #expect(Self.vision.count { $0.family == "hf_vit" } == 4)
        #expect(Self.vision.count { $0.status == .later } == 3)
    }

    @Test func noNameIsThereTwice() {
        #expect(Set(Self.vision.map(\.name)).count == Self.vision.count)
        #expect(Set(Self.text.map(\.name)).count == Self.text.count)
        #expect(Set(Self.text.map(\.name)).isSubset(of: Self.vision.map(\.name)), "a text tower stands beside a model")
    }

    @Test(arguments: RegisteredModels.all)
    func whatIsServedHasAFamilyAndWhatIsNotAReason(_ model: RegisteredModel) {
        #expect(FamilyCatalog.all.contains { $0.name == model.family } == (model.status == .served))
        #expect(model.status == .served || model.reason?.isEmpty == false)
        #expect(model.hub.map { model.name.hasSuffix($0) || $0.contains(model.name) } ?? (model.family == "vjepa"))
        if let size = model.size {
            #expect(size.width % size.heads == 0)
            #expect((size.patch == nil) == (model.tower == .text) && (size.image == nil) == (model.tower == .text))
            if let patch = size.patch, let image = size.image { #expect(image % patch == 0) }
        }
    }

    @Test(arguments: [
        ("openai/clip-vit-large-patch14-336", 24, 1_024, 16, 14, 336, 768),
        ("open-clip:laion/CLIP-ViT-bigG-14-laion2B-39B-b160k", 48, 1_664, 16, 14, 224, 1_280),
        ("open-clip:laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K", 12, 768, 12, 32, 256, 512),
        ("open-clip:timm/vit_xsmall_patch16_clip_224.tinyclip_yfcc15m", 10, 256, 4, 16, 224, 512),
        ("facebook/dino-vits8", 12, 384, 6, 8, 224, 384), ("vit_base_patch32_224", 12, 768, 12, 32, 224, 1_000),
    ])
    func sizesAreThoseOfTheCheckpoints(
        _ name: String, _ layers: Int, _ width: Int, _ heads: Int, _ patch: Int, _ image: Int, _ classes: Int
    ) throws {
        let model = try #require(Self.vision.first { $0.name == name })
        #expect(
            model.size
                == .init(layers: layers, width: width, heads: heads, patch: patch, image: image, classes: classes))
    }

    @Test func picturesAreServedWhereTheTextTowerIsNot() throws {
        let name = "open-clip:laion/CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k"
        let pictures = try #require(Self.vision.first { $0.name == name })
        let texts = try #require(Self.text.first { $0.name == name })
        #expect(pictures.status == .served && pictures.reason?.contains("text tower") == true)
        #expect(texts.status == .refused && texts.reason?.contains("RoBERTa") == true)
    }
}
