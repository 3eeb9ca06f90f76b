/// Brings a view's elements into row-major order.
enum StridedCopy {
    /// - Precondition: every element lies inside `source`.
    /// - Parameters:
    ///   - start: of the first element, in bytes.
    ///   - strides: in elements.
    static func rowMajor(
        _ source: Span<UInt8>, start: Int, shape: [Int], strides: [Int], size: Int
    ) -> [UInt8] {
        let total = shape.reduce(size, *)
        return [UInt8](unsafeUninitializedCapacity: total) { target, initialized in
            initialized = total
            guard total > 0, let target = target.baseAddress else { return }
            source.withUnsafeBytes { source in
                guard let source = source.baseAddress else { return }
                let (length, step) = (shape.last ?? 1, (strides.last ?? 1) * size)
                var rows = Rows(start: start, shape: shape.dropLast(), strides: strides.dropLast(), size: size)
                var filled = 0
                while filled < total {
                    copy(source + rows.offset, step, length, size, to: UnsafeMutableRawPointer(target + filled))
                    filled += length * size
                    rows.advance()
                }
            }
        }
    }

    /// One row: elements of 1, 2, 4 or 8 bytes that lie `step` bytes apart.
    private static func copy(
        _ source: UnsafeRawPointer, _ step: Int, _ count: Int, _ size: Int, to target: UnsafeMutableRawPointer
    ) {
        switch size {
        case _ where step == size: target.copyMemory(from: source, byteCount: count * size)
        case 8: copy(source, step, count, as: UInt64.self, to: target)
        case 4: copy(source, step, count, as: UInt32.self, to: target)
        case 2: copy(source, step, count, as: UInt16.self, to: target)
        default: copy(source, step, count, as: UInt8.self, to: target)
        }
    }

    @inline(__always)
    private static func copy<Element: BitwiseCopyable>(
        _ source: UnsafeRawPointer, _ step: Int, _ count: Int, as type: Element.Type, to target: UnsafeMutableRawPointer
    ) {
        for index in 0..<count {
            let element = source.loadUnaligned(fromByteOffset: index &* step, as: type)
            target.storeBytes(of: element, toByteOffset: index &* MemoryLayout<Element>.size, as: type)
        }
    }

    /// Turns the bytes of each element round, in place.
    static func swapBytes(_ bytes: inout [UInt8], size: Int) {
        guard size > 1 else { return }
        for start in stride(from: 0, to: bytes.count, by: size) { bytes[start..<(start + size)].reverse() }
    }

    /// Counts through all axes but the last, and knows where each row begins.
    private struct Rows {
        /// In bytes.
        private(set) var offset: Int
        private let extents: [Int]
        private let steps: [Int]
        private var index: [Int]

        init(start: Int, shape: ArraySlice<Int>, strides: ArraySlice<Int>, size: Int) {
            offset = start
            extents = Array(shape)
            steps = strides.map { $0 * size }
            index = [Int](repeating: 0, count: extents.count)
        }

        mutating func advance() {
            for axis in extents.indices.reversed() {
                index[axis] += 1
                offset += steps[axis]
                if index[axis] < extents[axis] { return }
                offset -= index[axis] * steps[axis]
                index[axis] = 0
            }
        }
    }
}
