internal import Checkpoints
internal import HTTP
internal import HTTPTypes
internal import Tensors
internal import TextNumbers
internal import Web

/// Writes an answer's tensors as numpy's `.npz`, one array a tensor.
struct NpzBody: BodyEncoder {
    var mediaType: MediaType { MediaType("application", "x-npz") }

    func encode(_ answer: TensorAnswer, _ context: RequestContext) -> ResponseBody {
        let writer = NpzWriter(answer.tensors.map { ($0.name, ArrayValue($0.values)) })
        return .stream(writer.pieces, length: writer.byteCount)
    }
}

/// Writes an answer's one tensor as numpy's `.npy`.
struct NpyBody: BodyEncoder {
    var mediaType: MediaType { MediaType("application", "x-npy") }

    func encode(_ answer: TensorAnswer, _ context: RequestContext) throws -> ResponseBody {
        guard let only = answer.tensors.first, answer.tensors.count == 1 else {
            let names = answer.tensors.prefix(4).map(\.name) + (answer.tensors.count > 4 ? ["…"] : [])
            throw Problem(
                .notAcceptable,
                "application/x-npy holds exactly one tensor and the answer has \(answer.tensors.count)"
                    + (names.isEmpty ? "." : " (\(names.joined(separator: ", "))).")
                    + " Ask for one, or for application/x-npz.")
        }
        let array = ArrayValue(only.values)
        return .stream(Npy.pieces(of: array), length: Npy.header(of: array).count + array.byteCount)
    }
}

/// Writes an answer's tensors as safetensors; the document without them is the metadata `response`.
struct SafetensorsBody: BodyEncoder {
    static let mediaType = MediaType("application", "x-safetensors")
    var mediaType: MediaType { Self.mediaType }

    func encode(_ answer: TensorAnswer, _ context: RequestContext) -> ResponseBody {
        let document = String(decoding: answer.document.serialized, as: UTF8.self)
        let writer = SafetensorsWriter(
            answer.tensors.map { ($0.name, ArrayValue($0.values)) }, metadata: [("response", document)])
        return .stream(writer.pieces, length: writer.byteCount)
    }

    /// The tensor `pixel_values` of a request's body.
    /// - Throws: A 400 or 422 that says what is wrong with the body.
    static func pixelValues(in bytes: [UInt8]) throws -> Tensor {
        do {
            return try SafetensorsBytes(bytes, name: "the body").tensor(named: "pixel_values")
        } catch {
            throw Problem(.badRequest, "\(error)".capitalizedAtStart + ".")
        }
    }
}

extension ResponseBody {
    /// A small file is sent at once, a large one while it is made.
    fileprivate static func stream(_ stream: ByteStream, length: Int) -> ResponseBody {
        if length <= ByteStream.pieceSize { return .bytes(stream.joined) }
        return .stream(contentLength: length) { writer in
            for piece in stream { try await writer.write(piece) }
        }
    }
}
