import CZlib
import HTTPTypes

/// Undoes gzip (RFC 1952) as the bytes arrive, with a bound on what comes out: a bomb is refused when it passes the
/// limit, having cost one piece of memory. Several members in a row are one content; anything else behind the
/// last is an error, and so is an end in the middle.
///
/// Not for two tasks at once: whoever reads a body owns its decoder.
public final class GzipDecoder {
    /// Bytes of one piece of output at most.
    private static let pieceSize = 64 * 1024

    // zlib keeps the address of its stream and checks it on each call, so the stream has to stay in one place:
    // it is allocated here and freed in deinit, and nobody else sees the pointer.
    private let stream: UnsafeMutablePointer<z_stream>
    private let limit: Int
    private var input: [UInt8] = []
    private var consumed = 0
    private var produced = 0
    private var isInsideMember = false
    private var hasSeenMember = false
    private var mayHaveMore = false
    private var failure: HTTPError?

    /// - Parameter limit: Decoded bytes at most; one more is a 413.
    public init(limit: Int) {
        self.limit = limit
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 + 16: the largest window, and gzip's header instead of zlib's.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be set up: status \(status)")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Adds what arrived.
    public func append(_ bytes: [UInt8]) {
        if consumed == input.count {
            input = bytes
        } else {
            input.removeSubrange(..<consumed)
            input += bytes
        }
        consumed = 0
    }

    /// The next piece of content, or `nil` until more bytes have come. An error is final.
    /// - Throws: 400 for broken data, 413 beyond the limit.
    public func next() throws(HTTPError) -> [UInt8]? {
        if let failure { throw failure }
        while consumed < input.count || mayHaveMore {
            try beginMemberIfNeeded()
            let (piece, status) = inflateOnce()
            produced += piece.count
            guard produced <= limit else { throw fail(.bodyTooLarge(limit: limit)) }
            // Output that fills its space may go on without further input.
            mayHaveMore = piece.count == Self.pieceSize && status == Z_OK
            switch status {
            case Z_STREAM_END: isInsideMember = false
            case Z_OK, Z_BUF_ERROR: break
            default: throw fail(HTTPError(.badRequest, "The gzip data is corrupt at byte \(stream.pointee.total_in)."))
            }
            if !piece.isEmpty { return piece }
        }
        return nil
    }

    /// Says that the input has ended.
    /// - Throws: 400 when a member is not complete.
    public func finish() throws(HTTPError) {
        if let failure { throw failure }
        guard hasSeenMember, !isInsideMember, consumed == input.count else {
            throw fail(HTTPError(.badRequest, "The gzip data ends before it is complete."))
        }
    }

    private func beginMemberIfNeeded() throws(HTTPError) {
        guard !isInsideMember else { return }
        if hasSeenMember {
            guard inflateReset(stream) == Z_OK else { throw fail(HTTPError(.badRequest, "The gzip data is corrupt.")) }
        }
        isInsideMember = true
        hasSeenMember = true
    }

    private func inflateOnce() -> (piece: [UInt8], status: Int32) {
        var status = Z_OK
        let stream = stream
        let size = Self.pieceSize
        let available = input.count - consumed
        var left = 0
        let piece = input.withUnsafeMutableBufferPointer { bytes in
            // The input is only read; zlib's pointer lacks the const. Both pointers end with this closure, and zlib
            // does not use them outside of the call.
            [UInt8](unsafeUninitializedCapacity: size) { output, count in
                stream.pointee.next_in = bytes.baseAddress.map { $0 + (bytes.count - available) }
                stream.pointee.avail_in = UInt32(clamping: available)
                let offered = Int(stream.pointee.avail_in)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(size)
                status = inflate(stream, Z_NO_FLUSH)
                left = available - (offered - Int(stream.pointee.avail_in))
                count = size - Int(stream.pointee.avail_out)
            }
        }
        consumed = input.count - left
        return (piece, status)
    }

    private func fail(_ error: HTTPError) -> HTTPError {
        failure = error
        return error
    }
}
