import Dispatch
import Glibc

/// A plain blocking socket for the far end of a test, on threads of its own so that it never holds one of the
/// server's. Sending and receiving do not wait for each other. Every wait ends after half a minute with what has come.
///
/// `@unchecked Sendable`: `unread` is only used on `receiving`, which is serial; `descriptor` changes in `close`
/// alone, the last call of a test.
final class Client: @unchecked Sendable {
    struct Failure: Error { let call: String }

    private let sending = DispatchQueue(label: "client.sending")
    private let receiving = DispatchQueue(label: "client.receiving")
    private var descriptor: Int32
    private var unread: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(call: "connect") }
    }

    deinit { Glibc.close(descriptor) }

    private func run<Result: Sendable>(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Result) async
        -> Result
    {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }

    /// - Returns: How many bytes the kernel took; fewer when it took nothing for `patience`.
    @discardableResult
    func send(_ bytes: [UInt8], patience: Duration = .seconds(30)) async -> Int {
        await run(on: sending) { [self] in
            let microseconds = Int(patience / .microseconds(1))
            var limit = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { break }
                sent += count
            }
            return sent
        }
    }

    @discardableResult
    func send(_ text: String) async -> Int { await send(Array(text.utf8)) }

    /// Everything up to and with `ending`, or what there is when the connection ends.
    func receive(through ending: String) async -> String {
        let ending = Array(ending.utf8)
        return await run(on: receiving) { [self] in
            var searched = 0
            while true {
                while searched + ending.count <= unread.count {
                    if unread[searched..<searched + ending.count].elementsEqual(ending) {
                        defer { unread.removeFirst(searched + ending.count) }
                        return String(decoding: unread[..<(searched + ending.count)], as: UTF8.self)
                    }
                    searched += 1
                }
                guard fill() else {
                    defer { unread = [] }
                    return String(decoding: unread, as: UTF8.self)
                }
            }
        }
    }

    /// Everything up to the end of the connection; `nil` when it does not end.
    func receiveToEnd() async -> String? {
        await run(on: receiving) { [self] in
            while fill() {}
            defer { unread = [] }
            return errno == EAGAIN ? nil : String(decoding: unread, as: UTF8.self)
        }
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        errno = 0
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer[..<count]
        return true
    }

    func endWriting() async { await run(on: sending) { [self] in _ = shutdown(descriptor, Int32(SHUT_WR)) } }

    /// Closes as a program that ends does, or so that the peer is told by a reset.
    func close(resetting: Bool = false) async {
        await run(on: sending) { [self] in
            if resetting {
                var now = linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            }
            Glibc.close(descriptor)
            descriptor = -1
        }
    }
}
