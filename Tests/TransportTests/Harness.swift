import HTTP
import HTTPTypes

@testable import Transport

/// Drives a connection by hand: bytes in, time in, effects and bytes out. No socket, no clock.
final class Harness {
    private(set) var connection: Connection
    private(set) var now = ContinuousClock.now
    private(set) var effects: [Connection.Effect] = []

    init(_ change: (inout ServerConfiguration) -> Void = { _ in }) {
        var settings = ServerConfiguration()
        settings.date = { "Sun, 06 Nov 1994 08:49:37 GMT" }
        change(&settings)
        connection = Connection(settings: settings, at: now)
    }

    private func collect() {
        while let effect = connection.nextEffect() { effects.append(effect) }
    }

    func receive(_ text: String) { receive(Array(text.utf8)) }

    func receive(_ bytes: [UInt8]) {
        connection.received(bytes[...], at: now)
        collect()
    }

    func endInput() {
        connection.inputEnded(at: now)
        collect()
    }

    func fail() {
        connection.failed()
        collect()
    }

    func drain() {
        connection.drain(at: now)
        collect()
    }

    /// Lets time pass, and the connection look at the clock.
    func wait(_ duration: Duration) {
        now += duration
        connection.tick(at: now)
        collect()
    }

    func read(_ number: Int = 1) -> Connection.BodyRead {
        defer { collect() }
        return connection.readBody(of: number, at: now)
    }

    func respond(_ body: String = "", to number: Int = 1, status: HTTPResponse.Status = .ok) {
        connection.respond(to: number, with: HTTPResponse(status: status), body: Array(body.utf8), at: now)
        collect()
    }

    func beginStream(_ number: Int = 1, status: HTTPResponse.Status = .ok, length: Int? = nil) -> Bool {
        defer { collect() }
        return connection.beginStream(to: number, with: HTTPResponse(status: status), length: length, at: now)
    }

    func stream(_ text: String, _ number: Int = 1) -> Bool {
        defer { collect() }
        return connection.stream(Array(text.utf8), to: number, at: now)
    }

    func endStream(_ number: Int = 1) {
        connection.endStream(to: number, at: now)
        collect()
    }

    func abortStream(_ number: Int = 1) {
        connection.abortStream(to: number)
        collect()
    }

    /// Lets the kernel take `limit` bytes, and shows them.
    func take(_ limit: Int = .max) -> String {
        var bytes: [UInt8] = []
        while bytes.count < limit, let piece = connection.outbound.withFirst({ piece, _ in Array(piece) }) {
            let taken = piece.prefix(limit - bytes.count)
            bytes += taken
            connection.wrote(taken.count, at: now)
        }
        collect()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Numbers of the requests begun so far.
    var begun: [Int] {
        effects.compactMap { if case .begin(_, let number) = $0 { number } else { nil } }
    }

    var isCancelled: Bool { effects.contains(.cancel) }
    var isClosed: Bool { effects.contains(.close) }
    var hasEndedWriting: Bool { effects.contains(.endWriting) }
    var wantsInput: Bool { connection.wantsInput }
}

let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
let lastGet = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

func post(_ body: String, length: Int? = nil, _ fields: String = "") -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields)Content-Length: \(length ?? body.utf8.count)\r\n\r\n\(body)"
}
