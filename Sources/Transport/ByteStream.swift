/// What a connection moves its bytes through: a plain socket, or a session of TLS over one.
///
/// No call blocks. A stream that has to write before it can read (as TLS may) keeps that to itself and says
/// `wouldBlock` until the socket lets it.
protocol ByteStream {
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Syscalls.Transfer
    /// - Parameter more: More follows at once.
    func write(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Syscalls.Transfer
    /// Says goodbye: no more will be written.
    func endWriting()
}

/// A connected socket. The descriptor is closed when the last user lets go: dispatch sources must have been
/// cancelled before the number may mean something else, and each of theirs holds on to it until then.
final class Socket: ByteStream, Sendable {
    let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { Syscalls.close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Syscalls.Transfer {
        Syscalls.receive(descriptor, into: buffer)
    }

    func write(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Syscalls.Transfer {
        Syscalls.send(descriptor, bytes, more: more)
    }

    func endWriting() { Syscalls.endWriting(descriptor) }
}
