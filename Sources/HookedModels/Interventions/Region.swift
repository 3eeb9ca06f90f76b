internal import Tensors

/// A part of one input's activation, as runs of elements that lie side by side, in row-major order of the part.
struct Region: Sendable {
    /// Where a run begins in the activation, and how many elements it has.
    struct Run: Sendable {
        let start: Int
        let length: Int
    }

    /// The extents of the part.
    let shape: [Int]
    let runs: [Run]
    /// Elements of the whole activation.
    let stride: Int

    var count: Int { shape.reduce(1, *) }

    /// - Parameters:
    ///   - kept: of each axis the indices, none twice; `nil` for all.
    ///   - extents: of the whole activation of one input.
    init(_ kept: [[Int]?], of extents: [Int]) {
        shape = zip(kept, extents).map { $0?.count ?? $1 }
        stride = extents.reduce(1, *)
        // Axes at the end that are kept whole are one run.
        let whole = kept.reversed().prefix { $0 == nil }.count
        let inner = extents.suffix(whole).reduce(1, *)
        var starts = [0]
        var step = stride
        for (axis, extent) in extents.dropLast(whole).enumerated() {
            step /= max(extent, 1)
            let offsets = (kept[axis] ?? Array(0..<extent)).map { $0 * step }
            starts = starts.flatMap { start in offsets.map { start + $0 } }
        }
        var runs: [Run] = []
        for start in starts {
            if let last = runs.last, last.start + last.length == start {
                runs[runs.count - 1] = Run(start: last.start, length: last.length + inner)
            } else {
                runs.append(Run(start: start, length: inner))
            }
        }
        self.runs = runs
    }

    /// The part's elements of the activation that begins at `base`.
    func read(_ span: Span<Float>, from base: Int) -> [Float] {
        var elements: [Float] = []
        elements.reserveCapacity(count)
        for run in runs {
            for index in (base + run.start)..<(base + run.start + run.length) { elements.append(span[index]) }
        }
        return elements
    }
}
