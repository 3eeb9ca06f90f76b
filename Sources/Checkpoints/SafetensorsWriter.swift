import TextNumbers

/// Writes a safetensors file, or a response of that form, piece by piece: its length is known before the first byte.
public struct SafetensorsWriter: Sendable {
    private let arrays: [ArrayValue]
    /// The first bytes of the file: length and JSON, padded with spaces to a multiple of eight, so that the tensors are
    /// aligned in a mapped file.
    public let header: [UInt8]
    /// Of the whole file.
    public let byteCount: Int

    /// - Parameters:
    ///   - arrays: names and contents, written in this order. Larger element types first keep all of them aligned.
    ///   - metadata: becomes `__metadata__`.
    /// - Precondition: the names are unique and none is `__metadata__`.
    public init(_ arrays: [(name: String, value: ArrayValue)], metadata: [(key: String, value: String)] = []) {
        var members: [JSONMember] = []
        if !metadata.isEmpty {
            members.append(JSONMember("__metadata__", .object(metadata.map { JSONMember($0.key, .string($0.value)) })))
        }
        var names: Set<String> = ["__metadata__"]
        var end = 0
        for (name, value) in arrays {
            precondition(names.insert(name).inserted, "two tensors named '\(name)'")
            let begin = end
            end += value.byteCount
            members.append(
                JSONMember(
                    name,
                    .object([
                        JSONMember("dtype", .string(value.type.rawValue)),
                        JSONMember("shape", .integers(value.shape)),
                        JSONMember("data_offsets", .list([.integer(Int64(begin)), .integer(Int64(end))])),
                    ])))
        }
        var json = JSONValue.object(members).serialized
        json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        header = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
        byteCount = header.count + end
        self.arrays = arrays.map(\.value)
    }

    /// The whole file, piece by piece.
    public var pieces: ByteStream { ByteStream([.bytes(header)] + arrays.map { .array($0) }) }
}
