/// One array as numpy saves it. Written row-major; read in either order.
public enum Npy {
    /// Reads an array that fills `bytes` from end to end.
    public static func decode(_ bytes: Span<UInt8>) throws(ArchiveError) -> ArrayValue {
        let (header, start) = try NpyHeader.parse(bytes)
        guard let expected = header.type.byteCount(shape: header.shape) else {
            throw ArchiveError("an array of shape \(header.shape) exceeds any memory")
        }
        guard expected == bytes.count - start else {
            throw ArchiveError(
                "an array of shape \(header.shape) takes \(expected) bytes, and \(bytes.count - start) are there")
        }
        let elements = [UInt8](copying: bytes.extracting(start..<bytes.count))
        let isTransposed = header.isColumnMajor && header.shape.count > 1
        return ArrayValue(
            type: header.type, shape: header.shape,
            bytes: isTransposed ? rowMajor(elements, header.shape, size: header.type.size) : elements)
    }

    /// The same for bytes in an array.
    public static func decode(_ bytes: [UInt8]) throws(ArchiveError) -> ArrayValue { try decode(bytes.span) }

    /// The bytes before the elements.
    /// - Precondition: numpy knows the type.
    public static func header(of array: ArrayValue) -> [UInt8] {
        NpyHeader(type: array.type, shape: array.shape).encoded
    }

    /// A whole file, piece by piece.
    public static func pieces(of array: ArrayValue) -> ByteStream {
        ByteStream([.bytes(header(of: array)), .array(array)])
    }

    /// A whole file.
    public static func encode(_ array: ArrayValue) -> [UInt8] { header(of: array) + array.bytes }

    /// Elements of `size` bytes, from first axis fastest to last axis fastest.
    private static func rowMajor(_ elements: [UInt8], _ shape: [Int], size: Int) -> [UInt8] {
        var strides = [Int](repeating: size, count: shape.count)
        for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
        var result: [UInt8] = []
        result.reserveCapacity(elements.count)
        var index = [Int](repeating: 0, count: shape.count)
        var offset = 0
        while result.count < elements.count {
            result.append(contentsOf: elements[offset..<(offset + size)])
            for axis in shape.indices.reversed() {
                index[axis] += 1
                offset += strides[axis]
                if index[axis] < shape[axis] { break }
                offset -= index[axis] * strides[axis]
                index[axis] = 0
            }
        }
        return result
    }
}
