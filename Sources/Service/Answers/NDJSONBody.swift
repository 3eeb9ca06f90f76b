internal import HTTP
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

/// Writes an answer as one JSON document a line (https://github.com/ndjson/ndjson-spec): a line an input, in their order,
/// each sent when its chunk has been computed, and a last one that tells that the answer is whole.
///
/// ```
/// {"index": 0, "tensors": {"output": {"datatype": "FP32", "shape": [1, 3], "data": [...]}}}
/// {"index": 1, "error": {"type": "about:blank", "status": 422, ...}}
/// {"done": true, "inputs": 2, "failed": 1, "provenance": {...}}
/// ```
struct NDJSONBody<Value: Sendable>: BodyEncoder {
    let pool: BlockingPool
    let lines: @Sendable (Value) -> AnswerLines

    var mediaType: MediaType { NDJSON.mediaType }

    /// OpenAPI has no words for lines.
    var schema: Schema? { Schema.string.described(NDJSON.details) }

    func encode(_ value: Value, _ context: RequestContext) -> ResponseBody {
        let lines = lines(value)
        return .stream(contentLength: nil) { writer in
            var (sent, failed) = (0, 0)
            var chunk: [AnswerLine]? = lines.first
            while let current = chunk {
                let documents = current.enumerated().map { offset, line in
                    line.document(index: sent + offset, context)
                }
                try await write(documents, writer)
                sent += current.count
                failed += current.count { if case .failure = $0 { true } else { false } }
                chunk = try await lines.next()
            }
            let end = [
                JSONMember("done", true), JSONMember("inputs", .integer(Int64(sent))),
                JSONMember("failed", .integer(Int64(failed))),
            ]
            // A dry run has told the number of inputs itself.
            let new = end.filter { own in !lines.last.contains { $0.key == own.key } }
            try await write([TensorAnswer(members: new + lines.last, tensors: [], showsTensors: false)], writer)
        }
    }

    private func write(_ documents: [TensorAnswer], _ writer: any ResponseWriter) async throws {
        let pieces = PieceSource(NDJSON.pieces(of: documents))
        while let piece = try await pool.run({ pieces.next() }) { try await writer.write(piece) }
    }
}

/// What lines have in common.
enum NDJSON {
    static let mediaType = MediaType("application", "x-ndjson")

    static let details =
        "As `application/x-ndjson` the answer is a line an input, in their order, sent as batches finish: `{\"index\": 0, …}` "
        + "with what the input gave (tensors keep a first axis of 1). An input that fails after the first batch has been sent "
        + "is a line `{\"index\": i, \"error\": problem}`, and the others go on. The last line, `{\"done\": true, \"inputs\": n, "
        + "\"failed\": m, \"provenance\": …}`, tells that nothing is missing."

    /// Whether the answer goes out in lines.
    static func isWanted(_ context: RequestContext) -> Bool { context.mediaType?.essence == mediaType.essence }

    /// What is written at once, about.
    private static let bytesAtOnce = 64 << 10

    /// The text of the lines: small ones together, large ones piece by piece.
    static func pieces(of documents: [TensorAnswer]) -> AnyIterator<[UInt8]> {
        var open: [TensorAnswer] = documents.reversed()
        var current: AnyIterator<[UInt8]>?
        return AnyIterator {
            var bytes: [UInt8] = []
            while bytes.count < bytesAtOnce {
                if let pieces = current {
                    if let piece = pieces.next() {
                        bytes += piece
                    } else {
                        bytes.append(UInt8(ascii: "\n"))
                        current = nil
                    }
                } else if let document = open.popLast() {
                    current = TensorJSONBody.pieces(of: document)
                } else {
                    break
                }
            }
            return bytes.isEmpty ? nil : bytes
        }
    }
}

extension AnswerLine {
    fileprivate func document(index: Int, _ context: RequestContext) -> TensorAnswer {
        let number = JSONMember("index", .integer(Int64(index)))
        switch self {
        case .result(let members, let tensors):
            return TensorAnswer(
                members: [number] + members, tensors: tensors.map { ($0.name, .init([$0.values])) },
                showsTensors: !tensors.isEmpty)
        case .failure(let problem):
            return TensorAnswer(
                members: [number, JSONMember("error", problem.json(instance: context.id))], tensors: [],
                showsTensors: false)
        }
    }
}
