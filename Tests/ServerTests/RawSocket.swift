import Foundation

/// A blocking socket to the server under test, which sends bytes as they are, broken ones too.
final class RawSocket {
    /// Nothing came for so long, or the connection failed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer as it came over the wire.
    struct Reply: Sendable {
        let status: Int
        /// Names in lower case.
        let fields: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let descriptor: Int32
    private var unread: [UInt8] = []

    /// - Parameter patience: seconds after which an answer that does not come is a failure.
    init(port: Int, patience: Int = 60) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket") }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(description: "cannot connect: \(errno)") }
    }

    deinit { close(descriptor) }

    /// - Throws: where the server does not take them.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "cannot send: \(errno)") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// A whole request; `Content-Length` is added where there is a body.
    func request(_ method: String, _ target: String, _ fields: [String] = [], body: [UInt8] = []) throws -> Reply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for field in fields { head += field + "\r\n" }
        if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        try send(Array((head + "\r\n").utf8) + body)
        return try reply(hasBody: method != "HEAD")
    }

    /// Goes away so that the server is told by a reset.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    /// - Throws: where something else than `100 Continue` comes.
    func awaitContinue() throws {
        let head = String(decoding: try take(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
        guard head.hasPrefix("HTTP/1.1 100 ") else { throw Failure(description: "no 100: \(head)") }
    }

    /// Whether the server has closed the connection, waiting for it.
    func isClosed() -> Bool {
        while fill() {}
        return errno != EAGAIN
    }

    /// The next answer.
    func reply(hasBody: Bool = true) throws -> Reply {
        let head = String(decoding: try take(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
        let lines = head.components(separatedBy: "\r\n").filter { !$0.isEmpty }
        guard let first = lines.first, let status = Int(first.split(separator: " ").dropFirst().first ?? "") else {
            throw Failure(description: "no answer: \(head)")
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        }
        if status == 100 { return try reply(hasBody: hasBody) }
        guard hasBody, status != 204, status != 304 else { return Reply(status: status, fields: fields, body: []) }
        let body =
            if fields["transfer-encoding"] == "chunked" {
                try chunks()
            } else { try take(Int(fields["content-length"] ?? "0") ?? 0) }
        return Reply(status: status, fields: fields, body: body)
    }

    private func chunks() throws -> [UInt8] {
        let lineEnd = Array("\r\n".utf8)
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try take(through: lineEnd).dropLast(2), as: UTF8.self)
            guard let size = Int(line, radix: 16) else { throw Failure(description: "no chunk: \(line)") }
            body += try take(size)
            _ = try take(through: lineEnd)
            if size == 0 { return body }
        }
    }

    private func take(through ending: [UInt8]) throws -> [UInt8] {
        var searched = 0
        while true {
            while searched + ending.count <= unread.count {
                if unread[searched..<(searched + ending.count)].elementsEqual(ending) {
                    return try take(searched + ending.count)
                }
                searched += 1
            }
            guard fill() else {
                throw Failure(description: "the connection ended: \(String(decoding: unread, as: UTF8.self))")
            }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while unread.count < count {
            guard fill() else { throw Failure(description: "the connection ended within a body") }
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        errno = 0
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer[..<count]
        return true
    }
}
