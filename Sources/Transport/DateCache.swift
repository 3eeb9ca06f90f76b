import HTTP
import Synchronization

/// The `Date` field's value, formatted once a second.
final class DateCache: Sendable {
    private let cached = Mutex((second: Int.min, text: ""))

    var now: String {
        let second = Syscalls.secondsSinceEpoch()
        return cached.withLock { cached in
            if cached.second != second { cached = (second, HTTPDate.format(secondsSinceEpoch: second)) }
            return cached.text
        }
    }
}
