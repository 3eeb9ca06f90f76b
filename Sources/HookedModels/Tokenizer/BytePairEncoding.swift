/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): a word begins as its bytes, and of all neighbours the pair
/// that was merged earliest in training, the leftmost of several, becomes one piece, until no pair is known.
struct BytePairEncoding: Sendable {
    /// What two pieces become, and how early that was learned.
    struct Merge: Sendable {
        let rank: Int32
        let result: Int32
    }

    /// Two pieces, one beside the other.
    struct Pair: Hashable, Sendable {
        let left: Int32
        let right: Int32
    }

    /// The pieces of single bytes; where the vocabulary lacks one, that of an unknown one.
    let bytes: [Int32]
    /// The same at the end of a word.
    let lastBytes: [Int32]
    let merges: [Pair: Merge]

    /// The pieces of a word. Takes O(n log n) of its n bytes.
    func pieces(of word: some Sequence<UInt8>) -> [Int32] {
        var chain = Chain(word.map { bytes[Int($0)] })
        guard !chain.ids.isEmpty else { return [] }
        if let last = Array(word).last { chain.ids[chain.ids.count - 1] = lastBytes[Int(last)] }
        var queue = MergeQueue()
        for place in chain.ids.indices.dropLast() { offer(place, of: chain, to: &queue) }
        while let candidate = queue.popFirst() {
            // What has changed since it was queued has been queued anew.
            guard chain.pair(at: candidate.place) == candidate.pair else { continue }
            chain.merge(at: candidate.place, into: candidate.result)
            offer(candidate.place, of: chain, to: &queue)
            if let before = chain.previous(candidate.place) { offer(before, of: chain, to: &queue) }
        }
        return chain.remaining
    }

    private func offer(_ place: Int, of chain: Chain, to queue: inout MergeQueue) {
        guard let pair = chain.pair(at: place), let merge = merges[pair] else { return }
        queue.insert(.init(rank: merge.rank, place: place, pair: pair, result: merge.result))
    }
}

/// Pieces, each of which knows its neighbours, so that a merge moves nothing.
private struct Chain {
    /// Negative where a piece has become part of the one before.
    var ids: [Int32]
    private var after: [Int]
    private var before: [Int]

    init(_ ids: [Int32]) {
        self.ids = ids
        after = ids.indices.map { $0 + 1 }
        before = ids.indices.map { $0 - 1 }
    }

    func previous(_ place: Int) -> Int? { before[place] >= 0 ? before[place] : nil }

    func pair(at place: Int) -> BytePairEncoding.Pair? {
        let next = after[place]
        guard ids[place] >= 0, next < ids.count else { return nil }
        return .init(left: ids[place], right: ids[next])
    }

    mutating func merge(at place: Int, into result: Int32) {
        let next = after[place]
        ids[place] = result
        ids[next] = -1
        after[place] = after[next]
        if after[next] < ids.count { before[after[next]] = place }
    }

    var remaining: [Int32] { ids.filter { $0 >= 0 } }
}
