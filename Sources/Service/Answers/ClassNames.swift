internal import HookedModels

/// Classes as answers call them: a model's own, or those that a request made of texts.
protocol ClassNames: Sendable {
    var classCount: Int { get }
    func label(_ index: Int) -> String
    func emoji(_ index: Int) -> String?
}

extension HookedModel: ClassNames {
    var classCount: Int { architecture.classes ?? 0 }
}
