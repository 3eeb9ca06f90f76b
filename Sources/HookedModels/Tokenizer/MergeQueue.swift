/// Merges that could be made, the next one first: by rank, then from left to right. A binary heap.
struct MergeQueue {
    struct Candidate {
        let rank: Int32
        let place: Int
        /// What stood there when it was queued.
        let pair: BytePairEncoding.Pair
        let result: Int32

        fileprivate static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.place) < (b.rank, b.place) }
    }

    private var heap: [Candidate] = []

    mutating func insert(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst() -> Candidate? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            let children = (2 * parent + 1)..<min(2 * parent + 3, max(heap.count, 2 * parent + 1))
            guard let least = children.min(by: { heap[$0] < heap[$1] }), heap[least] < heap[parent] else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return first
    }
}
