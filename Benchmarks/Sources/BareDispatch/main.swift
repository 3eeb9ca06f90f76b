// The yardstick of the transport: the least that a Dispatch program can do to answer a request. It waits for the
// empty line after a head, looks at nothing else and sends a fixed answer. Usage: BareDispatch [port]
import Dispatch
import Glibc

let port = UInt16(CommandLine.arguments.dropFirst().first ?? "") ?? 9080
let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
let answer = Array((head + "{\"status\":\"ok\"}").utf8)
let queues = (0..<max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))).map { DispatchQueue(label: "bare.\($0)") }

/// A connection; everything but `init` happens on its queue.
final class Peer: @unchecked Sendable {
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private var matched = 0
    private var buffer = [UInt8](repeating: 0, count: 16 * 1024)

    init(descriptor: Int32, queue: DispatchQueue) {
        self.descriptor = descriptor
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { self.readable() }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    private func readable() {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 && errno == EAGAIN { return }
        guard count > 0 else {
            // The handler holds this object: without it the cycle is gone.
            source.setEventHandler {}
            return source.cancel()
        }
        for byte in buffer[..<count] {
            // CR LF CR LF, counted: an even place waits for CR, an odd one for LF.
            if byte == (matched % 2 == 0 ? 0x0D : 0x0A) { matched += 1 } else { matched = byte == 0x0D ? 1 : 0 }
            if matched == 4 {
                matched = 0
                _ = send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
            }
        }
    }
}

func listen(on port: UInt16) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard bound == 0, listen(descriptor, 1024) == 0 else { fatalError("cannot listen on port \(port)") }
    return descriptor
}

let listener = listen(on: port)
let acceptor = DispatchSource.makeReadSource(fileDescriptor: listener, queue: .main)
var next = 0
acceptor.setEventHandler {
    let descriptor = accept(listener, nil, nil)
    guard descriptor >= 0 else { return }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    _ = Peer(descriptor: descriptor, queue: queues[next % queues.count])
    next += 1
}
acceptor.activate()
print("listening on 127.0.0.1:\(port)")
dispatchMain()
