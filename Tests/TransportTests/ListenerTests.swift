import Dispatch
import Testing

@testable import Transport

@Suite("Addresses and intervals")
struct ListenerTests {
    @Test("an address is written as in a URL")
    func addresses() {
        #expect(SocketAddress(host: "127.0.0.1", port: 80).description == "127.0.0.1:80")
        #expect(SocketAddress(host: "::1", port: 80).description == "[::1]:80")
    }

    @Test("a host that stands for no address is an error, not a crash")
    func badHost() {
        #expect(throws: Syscalls.Failure.self) { try Syscalls.listen(host: "256.0.0.1.invalid", port: 0, backlog: 1) }
    }

    @Test("durations become dispatch intervals to the microsecond, and never overflow")
    func intervals() {
        #expect(DispatchTimeInterval(.milliseconds(1500)) == .microseconds(1_500_000))
        #expect(DispatchTimeInterval(.zero) == .microseconds(0))
        #expect(DispatchTimeInterval(.seconds(Int64.max)) != .never)
    }

    @Test("running out of descriptors is told from other failures")
    func descriptors() {
        #expect(Syscalls.Failure(call: "accept", code: 24).isOutOfDescriptors)
        #expect(!Syscalls.Failure(call: "accept", code: 11).isOutOfDescriptors)
    }
}
