internal import Tensors
internal import TextNumbers
internal import Web

/// What one input gave, for one line of an answer.
enum AnswerLine: Sendable {
    /// Members of the line's document, and tensors whose first axis is one input.
    case result([JSONMember], tensors: [(name: String, values: Tensor)])
    /// This input failed alone.
    case failure(Problem)
}

/// An answer input by input. The first chunk is there before anything is sent, so that a request which is wrong is refused
/// as any other; the others are computed one at a time, each when the one before has been sent.
struct AnswerLines: Sendable {
    let first: [AnswerLine]
    /// What the last line tells of the whole.
    let last: [JSONMember]
    /// The lines of the next chunk; `nil` after the last one.
    /// - Throws: `CancellationError` where nobody waits any more.
    let next: @Sendable () async throws -> [AnswerLine]?
}

extension AnswerLines {
    /// Of an answer that is there as a whole.
    init(_ lines: [AnswerLine], last: [JSONMember]) {
        first = lines
        self.last = last
        next = { nil }
    }

    /// Of a whole answer whose tensors have the inputs as their first axis. What its document says stands in the last line.
    init(_ answer: TensorAnswer) { self.init(answer.rows, last: answer.members) }
}

extension TensorAnswer {
    /// Input by input.
    var rows: [AnswerLine] {
        let count = tensors.first?.values.shape.first ?? perInput.first?.value.count ?? 0
        return (0..<count).map { row in
            .result(
                perInput.map { JSONMember($0.key, $0.value[row] ?? .null) },
                tensors: tensors.map { ($0.name, $0.values.row(row)) })
        }
    }
}
