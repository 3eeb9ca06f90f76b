import Dispatch
import Glibc

/// Every call into the system, with its errors as values. Interrupted calls are repeated here.
enum Syscalls {
    struct Failure: Error, Equatable {
        let call: String
        let code: Int32

        var text: String { "\(call): \(String(cString: strerror(code)))" }
        /// The process or the system has no descriptor left.
        var isOutOfDescriptors: Bool { code == EMFILE || code == ENFILE }
    }

    /// What came of moving bytes.
    enum Transfer: Equatable {
        case bytes(Int)
        /// The peer will send no more.
        case end
        case wouldBlock
        case failed(Int32)
    }

    // MARK: Moving bytes

    static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno != EINTR { return outcome(errno) }
        }
    }

    /// - Parameter more: More follows at once; the kernel may hold a last partial segment back for it.
    static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool) -> Transfer {
        // Without MSG_NOSIGNAL, writing to a peer that is gone would end the process.
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return .bytes(count) }
            if errno != EINTR { return outcome(errno) }
        }
    }

    private static func outcome(_ code: Int32) -> Transfer {
        code == EAGAIN || code == EWOULDBLOCK ? .wouldBlock : .failed(code)
    }

    /// Sends a FIN: no more will be written.
    static func endWriting(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends both directions while the descriptor is still held.
    static func hangUp(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Whether the connection was reset or closed in both directions, found out without reading.
    static func isHungUp(_ descriptor: Int32) -> Bool {
        var query = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&query, 1, 0) == 1 && Int32(query.revents) & (POLLHUP | POLLERR) != 0
    }

    // MARK: Making sockets

    /// A listening socket on the first address that `host` stands for.
    /// - Parameter port: 0 lets the system choose.
    static func listen(host: String, port: Int, backlog: Int) throws(Failure) -> Int32 {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list else {
            throw Failure(call: "getaddrinfo", code: EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(
            address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        do throws(Failure) {
            try set(descriptor, SOL_SOCKET, SO_REUSEADDR, to: 1)
            if address.pointee.ai_family == AF_INET6 { try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0) }
            guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
                throw Failure(call: "bind", code: errno)
            }
            guard Glibc.listen(descriptor, Int32(clamping: backlog)) == 0 else {
                throw Failure(call: "listen", code: errno)
            }
            try makeNonBlocking(descriptor)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// The next connection, set up for our use; `nil` when none waits.
    static func accept(_ listener: Int32) throws(Failure) -> (descriptor: Int32, peer: SocketAddress?)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        while true {
            let descriptor = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(listener, $0, &length) }
            }
            if descriptor >= 0 {
                do throws(Failure) {
                    try makeNonBlocking(descriptor)
                    // Answers are written whole: nothing is gained by waiting for more to send.
                    try set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
                } catch {
                    close(descriptor)
                    throw error
                }
                return (descriptor, SocketAddress(storage))
            }
            switch errno {
            // Connections that died in the queue say so here; the next one may be well (accept(2)).
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH: continue
            case EAGAIN: return nil
            default: throw Failure(call: "accept", code: errno)
            }
        }
    }

    /// The address that a listening socket has got.
    static func localAddress(of descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return status == 0 ? SocketAddress(storage) : nil
    }

    private static func makeNonBlocking(_ descriptor: Int32) throws(Failure) {
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw Failure(call: "fcntl", code: errno)
        }
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, to value: Int32) throws(Failure) {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw Failure(call: "setsockopt", code: errno)
        }
    }

    // MARK: The process

    /// A descriptor kept for the moment when there are no others.
    static func openReserve() -> Int32? {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Raises the soft limit on open files to the hard one.
    /// - Returns: The limit in force.
    @discardableResult
    static func raiseFileLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// Seconds since 1970 by the wall clock.
    static func secondsSinceEpoch() -> Int { Glibc.time(nil) }

    static func processorCount() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

extension SocketAddress {
    fileprivate init?(_ storage: sockaddr_storage) {
        var storage = storage
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let port = withUnsafePointer(to: &storage) { pointer -> UInt16? in
            switch Int32(pointer.pointee.ss_family) {
            case AF_INET:
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    var host = address.pointee.sin_addr
                    inet_ntop(AF_INET, &host, &text, socklen_t(text.count))
                    return UInt16(bigEndian: address.pointee.sin_port)
                }
            case AF_INET6:
                return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    var host = address.pointee.sin6_addr
                    inet_ntop(AF_INET6, &host, &text, socklen_t(text.count))
                    return UInt16(bigEndian: address.pointee.sin6_port)
                }
            default: return nil
            }
        }
        guard let port else { return nil }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        self.init(host: String(decoding: bytes, as: UTF8.self), port: Int(port))
    }
}
