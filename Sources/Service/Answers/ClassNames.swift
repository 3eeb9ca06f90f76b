internal import HookedModels

/// Classes as answers call them: a model's own, or those that a request made of texts.
protocol ClassNames: Sendable {
    var classCount: Int { get }
    func label(_ index: Int) -> String
    func emoji(_ index: Int) -> String?
    /// Whether these are classes, of which one may be more probable than another; or dimensions of an embedding.
    var areClasses: Bool { get }
}

extension HookedModel: ClassNames {
    var classCount: Int { architecture.classes ?? 0 }
    var areClasses: Bool { !endsInEmbedding }
}

extension ClassNames {
    /// What one of them is.
    var noun: String { areClasses ? "class" : "dimension" }
}
