internal import HTTPTypes
internal import HookedModels
internal import Scheduling
internal import Tensors
internal import Web

/// Runs the texts of a classifier through a model's text tower, some at a time, so that other requests get their turn.
struct ClassifierBuilder {
    let service: PrismaService
    let loaded: LoadedModel
    let context: RequestContext

    /// The classifier of these texts: from memory where it was made before.
    /// - Throws: 409 for a model without text side or tokenizer; 429, 503, 504.
    func classifier(of prompts: ZeroShotPrompts) async throws -> ZeroShotClassifier {
        let side = try loaded.textSide()
        guard side.tower.architecture.outputShape == loaded.model.architecture.outputShape else {
            throw Problem(
                .conflict,
                "The towers of the model '\(loaded.id)' do not end in one space: one of them has no projection.")
        }
        let key = ClassifierCache.Key(generation: loaded.generation, prompts: prompts)
        if let known = service.classifiers.cache.value(for: key) { return known }
        let directions = try await directions(of: prompts, side)
        let made = ZeroShotClassifier(prompts, directions: directions, scale: side.logitScale)
        service.classifiers.cache.insert(made, for: key)
        return made
    }

    /// [class, d]: of each label the mean of its texts' unit directions, brought to unit length.
    private func directions(of prompts: ZeroShotPrompts, _ side: TextSide) async throws -> Tensor {
        let tower = try loaded.tower(.text)
        let tokenizer = try side.usableTokenizer()
        let plan = try HookPlan([], for: side.tower.architecture)
        let (time, each) = (TimeLeft(of: context, usual: service.limits.deadline), prompts.templates.count)
        let (count, width) = (prompts.labels.count, side.tower.architecture.outputShape.reduce(1, *))
        var sums = [Double](repeating: 0, count: count * width)
        for start in stride(from: 0, to: count * each, by: service.limits.batchRows) {
            try Task.checkCancellation()
            let chunk = start..<min(start + service.limits.batchRows, count * each)
            let ids = try await service.pool.run {
                chunk.map { tokenizer.padded(prompts.text($0 / each, template: $0 % each)).asRow }
            }
            let result = try await service.lane.run(
                ForwardRequest(pixels: Tensor.concatenated(ids), plan: plan), on: tower, of: loaded, alone: false,
                context: context, deadline: try time.next())
            for (text, row) in zip(chunk, result.output?.rows ?? []) {
                for (column, value) in row.withUnitRows().elements.enumerated() {
                    sums[text / each * width + column] += Double(value)
                }
            }
        }
        // The length of a sum is taken out anyway: the mean needs no division.
        return Tensor(shape: [count, width], elements: sums.map { Float($0) }).withUnitRows()
    }
}
