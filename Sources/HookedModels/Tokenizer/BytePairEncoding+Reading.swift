internal import Checkpoints

extension BytePairEncoding {
    /// - Parameter unknown: what stands for a byte that the vocabulary lacks.
    init(_ vocabulary: VocabularyFile, unknown: Int) throws(TokenizerError) {
        let id = { (piece: String) in Int32(vocabulary.ids[piece] ?? unknown) }
        bytes = ByteAlphabet.letters.map { id(String($0)) }
        lastBytes = ByteAlphabet.letters.map { id(String($0) + VocabularyFile.wordEnd) }
        var merges: [Pair: Merge] = [:]
        for (rank, merge) in vocabulary.merges.enumerated() {
            let known = { (piece: String) throws(TokenizerError) -> Int32 in
                guard let id = vocabulary.ids[piece] else {
                    let problem = "the merge \(rank) names \(piece.shown), which is not in \(vocabulary.file)"
                    throw TokenizerError(vocabulary.mergesFile, line: merge.line, problem)
                }
                return Int32(id)
            }
            let pair = Pair(left: try known(merge.left), right: try known(merge.right))
            merges[pair] = Merge(rank: Int32(rank), result: try known(merge.left + merge.right))
        }
        self.merges = merges
    }
}
