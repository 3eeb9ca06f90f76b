import Synchronization

/// A digest that is computed in the background: `nil` until it is known.
public final class DigestBox: Sendable {
    private let digest = Mutex<String?>(nil)

    /// `sha256:` and 64 hexadecimal digits.
    public var value: String? { digest.withLock { $0 } }

    func set(_ value: String) { digest.withLock { $0 = value } }
}
