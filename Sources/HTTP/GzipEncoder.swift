import CZlib

/// Makes gzip (RFC 1952) of a body piece by piece. Not for two tasks at once.
public final class GzipEncoder {
    /// What is held back.
    public enum Flush: Sendable {
        /// Whatever compresses best.
        case none
        /// Nothing: what was given so far can be decoded from what was returned so far.
        case sync
        /// Nothing, and the stream ends. No piece may follow.
        case finish
    }

    // As in GzipDecoder: zlib needs its stream in one place; nobody else sees the pointer.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isFinished = false

    /// - Parameter level: 1 (fast) to 9 (small).
    public init(level: Int = 6) {
        precondition((1...9).contains(level), "gzip has levels 1 to 9, not \(level)")
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be set up: status \(status)")
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// - Returns: What is to be sent now, often nothing when nothing is flushed.
    public func encode(_ bytes: [UInt8], flush: Flush = .none) -> [UInt8] {
        precondition(!isFinished, "the gzip stream has been finished")
        isFinished = flush == .finish
        let mode =
            switch flush {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        var output: [UInt8] = []
        var offset = 0
        repeat {
            let end = min(bytes.count, offset + Int(Int32.max))
            let piece = bytes[offset..<end]
            deflateAll(piece, mode: end == bytes.count ? mode : Z_NO_FLUSH, into: &output)
            offset = end
        } while offset < bytes.count
        return output
    }

    private func deflateAll(_ piece: ArraySlice<UInt8>, mode: Int32, into output: inout [UInt8]) {
        var piece = piece
        let stream = stream
        let size = max(512, min(piece.count / 2, 64 * 1024))
        piece.withUnsafeMutableBufferPointer { input in
            // Only read: zlib's pointer lacks the const. Both pointers end with their closures.
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while isFull {
                output += [UInt8](unsafeUninitializedCapacity: size) { space, count in
                    stream.pointee.next_out = space.baseAddress
                    stream.pointee.avail_out = UInt32(size)
                    deflate(stream, mode)
                    count = size - Int(stream.pointee.avail_out)
                    // With space left, deflate has taken all input and given all that the mode asks for.
                    isFull = stream.pointee.avail_out == 0
                }
            }
            stream.pointee.next_in = nil
        }
    }

    /// All of `bytes` at once.
    public static func encode(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        GzipEncoder(level: level).encode(bytes, flush: .finish)
    }
}
