internal import HookedModels
internal import Interpretability

/// The classes that a metric is about: texts, where they stand for the output, or the model's own.
struct MetricNames: ClassNames {
    let metric: Metric
    let model: HookedModel

    var classCount: Int { metric.reading?.labels.count ?? OutputNames(model: model).classCount }
    var areClasses: Bool { metric.reading != nil || model.areClasses }
    func label(_ index: Int) -> String { metric.reading.map { $0.labels[index] } ?? model.label(index) }
    func emoji(_ index: Int) -> String? { metric.reading == nil ? model.emoji(index) : nil }
}
