/// A name under which ViT-Prisma loads a model, and what becomes of it here.
public struct RegisteredModel: Sendable, Equatable {
    /// What the name stands for.
    public enum Tower: String, Sendable, CaseIterable {
        /// A model of pictures or films.
        case vision
        /// The text tower of a model that is also registered as one of pictures.
        case text
    }

    /// What becomes of it.
    public enum Status: String, Sendable, CaseIterable {
        /// Its checkpoint can be loaded.
        case served
        /// Not yet.
        case later
        /// Its checkpoint is not read, and there is no plan to.
        case refused
    }

    /// Numbers of its architecture, as the published checkpoint has them; ViT-Prisma's own table contradicts some.
    public struct Size: Sendable, Equatable {
        /// Blocks.
        public let layers: Int
        /// d_model.
        public let width: Int
        /// Attention heads of a block.
        public let heads: Int
        /// The side of a patch in pixels; `nil` for texts.
        public let patch: Int?
        /// The side of a picture in pixels; `nil` for texts.
        public let image: Int?
        /// Elements of the output; `nil` where it is not known before the checkpoint is read.
        public let classes: Int?

        /// All that the table knows.
        public init(layers: Int, width: Int, heads: Int, patch: Int?, image: Int?, classes: Int?) {
            self.layers = layers
            self.width = width
            self.heads = heads
            self.patch = patch
            self.image = image
            self.classes = classes
        }
    }

    /// As ViT-Prisma registers it.
    public let name: String
    /// Pictures or texts: a name may be registered for both.
    public let tower: Tower
    /// The repository on the Hugging Face hub that holds the checkpoint; `nil` where it is published elsewhere.
    public let hub: String?
    /// One of ``FamilyCatalog/all`` where it is served; otherwise what its architecture is called.
    public let family: String
    /// Whether it can be loaded.
    public let status: Status
    /// Why it is not served; of one that is, what is to be known.
    public let reason: String?
    /// `nil` where the table does not know.
    public let size: Size?
}

extension RegisteredModel {
    /// How ViT-Prisma tells a checkpoint of open_clip from one of transformers with the same name.
    static let openCLIPPrefix = "open-clip:"

    /// A vision transformer of open_clip.
    static func openCLIP(
        _ names: [String], _ size: Size, tower: Tower = .vision, family: String = "open_clip", status: Status = .served,
        _ reason: String? = nil
    ) -> [RegisteredModel] {
        names.map {
            RegisteredModel(
                name: openCLIPPrefix + $0, tower: tower, hub: $0, family: family, status: status, reason: reason,
                size: size)
        }
    }

    /// A model under the name that it has on the hub, unless another is given.
    static func model(
        _ name: String, hub: String?, _ family: String, _ size: Size, status: Status = .served, _ reason: String? = nil
    ) -> RegisteredModel {
        RegisteredModel(
            name: name, tower: .vision, hub: hub, family: family, status: status, reason: reason, size: size)
    }
}

extension RegisteredModel.Size {
    /// ViT-B.
    static func base(patch: Int, image: Int = 224, classes: Int = 512) -> Self {
        Self(layers: 12, width: 768, heads: 12, patch: patch, image: image, classes: classes)
    }

    /// ViT-L.
    static func large(patch: Int, image: Int = 224, classes: Int = 768) -> Self {
        Self(layers: 24, width: 1_024, heads: 16, patch: patch, image: image, classes: classes)
    }

    /// ViT-H/14.
    static let huge14 = Self(layers: 32, width: 1_280, heads: 16, patch: 14, image: 224, classes: 1_024)

    /// The models above ViT-H: 16 heads, patches of 14 pixels.
    static func giant(layers: Int, width: Int, classes: Int) -> Self {
        Self(layers: layers, width: width, heads: 16, patch: 14, image: 224, classes: classes)
    }

    /// A text tower.
    static func text(width: Int, heads: Int, classes: Int) -> Self {
        Self(layers: 12, width: width, heads: heads, patch: nil, image: nil, classes: classes)
    }
}
