internal import Checkpoints

/// The sizes of a model as its tensors tell them.
///
/// Every tensor whose axes have a meaning votes, and most votes decide; between as many votes on either side it is the
/// configuration that decides, else the tensor that comes first. A tensor that contradicts what is already decided votes
/// for nothing, so that one which is transposed, or of another model, redefines no size: it is named with both shapes where
/// it is read.
struct TensorSizes: Sendable {
    private let tensors: [SizedTensor]
    /// Numbers of blocks, and how many known tensors each has.
    private let blocks: [Int: Int]
    private var decided: [Dimension: Int] = [:]

    /// Of a checkpoint without tensors.
    init() { (tensors, blocks) = ([], [:]) }

    init(_ names: WeightNames, _ whole: WeightReader) {
        let base = whole.under(names.prefixes)
        var blocks: [Int: Int] = [:]
        var ofBlocks: [SizedTensor] = []
        for number in base.numbers(below: names.block).sorted() where number < Limits.layers.upperBound {
            let own = names.axesOfBlock(base[names.block, number])
            if !own.isEmpty { blocks[number] = own.count }
            ofBlocks += own
        }
        self.blocks = blocks
        tensors = names.axesOfEnds(base) + ofBlocks + names.axesOfHeads(whole)
    }

    /// What the tensors say; `nil` where they say nothing. What was said once stays so.
    /// - Parameter stated: what the configuration says, if anything.
    /// - Throws: where the configuration says nothing, and the tensors that could are not what they should be.
    mutating func value(of dimension: Dimension, stated: Int?) throws -> Int? {
        if let known = decided[dimension] { return known }
        let value = dimension == .layers ? layers(stated) : try votes(for: dimension, stated)
        decided[dimension] = value
        return value
    }

    private mutating func votes(for dimension: Dimension, _ stated: Int?) throws -> Int? {
        // Nearly every tensor has an axis of d_model: by it the others are judged.
        if dimension != .width { _ = try value(of: .width, stated: nil) }
        let telling = tensors.filter { $0.axes.contains(.dimension(dimension)) }
        var votes: [(value: Int, count: Int)] = []
        for tensor in telling where tensor.contradiction(to: decided) == nil {
            guard let length = tensor.length(of: dimension), dimension.range.contains(length) else { continue }
            if let place = votes.firstIndex(where: { $0.value == length }) {
                votes[place].count += 1
            } else {
                votes.append((length, 1))
            }
        }
        let most = votes.map(\.count).max() ?? 0
        let winners = votes.filter { $0.count == most }.map(\.value)
        if let stated, winners.contains(stated) { return stated }
        if winners.isEmpty, stated == nil, let tensor = telling.first { throw complaint(tensor, dimension) }
        return winners.first
    }

    private func complaint(_ tensor: SizedTensor, _ dimension: Dimension) -> ModelError {
        if let other = tensor.contradiction(to: decided) {
            return .sizesDisagree(
                tensor: tensor.name, shape: tensor.shape, dimension: other.dimension.name, known: other.known)
        }
        guard let length = tensor.length(of: dimension) else {
            return .wrongRank(tensor: tensor.name, found: tensor.shape, expected: tensor.axes.count)
        }
        return .sizeOutOfRange(tensor: tensor.name, dimension: dimension.name, value: length, range: dimension.range)
    }

    /// One more than the last block of which at least half is there, so that a block that is missing before it is missed, and
    /// a stray tensor makes none.
    private func layers(_ stated: Int?) -> Int? {
        if let stated, blocks[stated - 1] != nil, blocks.keys.allSatisfy({ $0 < stated }) { return stated }
        let most = blocks.values.max() ?? 0
        return blocks.filter { $0.value * 2 >= most }.keys.max().map { $0 + 1 }
    }
}

extension WeightReader {
    /// The numbers that follow a name: of `blocks.0.norm1.weight` below `blocks` it is 0.
    fileprivate func numbers(below name: String) -> Set<Int> {
        let depth = key(name).split(separator: ".").count
        return Set(
            self[name].unused.compactMap { name in
                name.split(separator: ".").dropFirst(depth).first.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
            })
    }
}
