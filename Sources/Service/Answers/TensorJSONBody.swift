internal import HTTP
internal import Scheduling
internal import Tensors
internal import TextNumbers
internal import Web

/// Writes an answer as JSON, its tensors as `{"datatype", "shape", "data"}` with the elements flat. Numbers that are not
/// finite become `null` and are counted in `non_finite`.
struct TensorJSONBody: BodyEncoder {
    let schema: Schema?
    let example: JSONValue?
    let pool: BlockingPool

    var mediaType: MediaType { MediaType("application", "json") }

    /// Elements that are written at once; fewer than that are no stream.
    private static let elementsAtOnce = 65_536

    func encode(_ answer: TensorAnswer, _ context: RequestContext) async throws -> ResponseBody {
        let count = answer.tensors.reduce(0) { $0 + $1.values.count }
        if count <= Self.elementsAtOnce {
            return .bytes(try await pool.run { Self.pieces(of: answer).reduce(into: []) { $0 += $1 } })
        }
        return .stream(contentLength: nil) { writer in
            let pieces = PieceSource(Self.pieces(of: answer))
            while let piece = try await pool.run({ pieces.next() }) { try await writer.write(piece) }
        }
    }

    /// The document's text, piece by piece.
    static func pieces(of answer: TensorAnswer) -> AnyIterator<[UInt8]> {
        var json = JSONWriter()
        var open: [(name: String, values: RowPieces)] = answer.tensors.reversed()
        var current: TensorText?
        var isBegun = false
        var isDone = false
        return AnyIterator {
            if isDone { return nil }
            if !isBegun {
                isBegun = true
                begin(answer, &json)
            }
            if current == nil, let (name, values) = open.popLast() {
                if !answer.isBare { json.key(name) }
                current = TensorText(values, &json)
            }
            if current?.write(atMost: elementsAtOnce, to: &json) ?? false { current = nil }
            if current == nil, open.isEmpty {
                isDone = true
                end(answer, &json)
            }
            return json.takeBytes()
        }
    }

    private static func end(_ answer: TensorAnswer, _ json: inout JSONWriter) {
        if answer.isBare { return }
        if answer.showsTensors { json.endObject() }
        json.endObject()
    }

    private static func begin(_ answer: TensorAnswer, _ json: inout JSONWriter) {
        if answer.isBare { return }
        json.beginObject()
        for member in answer.perInput + answer.members {
            json.key(member.key)
            json.append(member.value)
        }
        if answer.showsTensors {
            json.key("tensors")
            json.beginObject()
        }
    }

    /// A tensor that is being written.
    private struct TensorText {
        private let values: RowPieces
        private var piece = 0
        private var element = 0
        private let nonFiniteBefore: Int

        init(_ values: RowPieces, _ json: inout JSONWriter) {
            self.values = values
            nonFiniteBefore = json.nonFinite
            json.beginObject()
            json.key("datatype")
            json.append("FP32")
            json.key("shape")
            json.append(JSONValue.integers(values.shape))
            json.key("data")
            json.beginArray()
        }

        /// - Returns: Whether the tensor is finished.
        mutating func write(atMost count: Int, to json: inout JSONWriter) -> Bool {
            let tensor = values.pieces[piece]
            let end = min(element + count, tensor.count)
            tensor.withSpan { json.appendFloats($0.extracting(element..<end)) }
            element = end
            if element == tensor.count {
                element = 0
                piece += 1
            }
            guard piece == values.pieces.count else { return false }
            json.endArray()
            if json.nonFinite > nonFiniteBefore {
                json.key("non_finite")
                json.append(json.nonFinite - nonFiniteBefore)
            }
            json.endObject()
            return true
        }
    }
}
