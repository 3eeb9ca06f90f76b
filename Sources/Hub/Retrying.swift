internal import Foundation
internal import FoundationNetworking

/// Tries again what may pass: a connection that breaks, a hub that is busy. Waits longer each time.
public struct Retrying: Sendable {
    /// Failures in a row, none of which brought anything, after which it is given up.
    public var attempts: Int
    /// How waiting is done.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// Six attempts with 1, 2, 4, 8 and 16 seconds between them, unless a hub asks for longer.
    public init(
        attempts: Int = 6,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.attempts = attempts
        self.sleep = sleep
    }

    /// A failure that may pass.
    struct Fault: Error {
        let reason: String
        /// Seconds that the hub asks to wait.
        var wait: Int?
    }

    /// However long a hub asks for.
    private static let longestWait = 120

    /// - Parameters:
    ///   - what: for messages.
    ///   - notify: told of each fault that is tried again.
    ///   - progress: grows when an attempt brought something, though it failed: then counting begins anew.
    func run(
        _ what: String, _ notify: (String) -> Void, progress: () -> Int = { 0 }, _ body: () async throws -> Void
    ) async throws {
        var failures = 0
        while true {
            let before = progress()
            do {
                return try await body()
            } catch {
                if let refusal = Self.refusal(error) { throw refusal }
                guard let fault = Self.fault(error) else { throw error }
                failures = progress() > before ? 1 : failures + 1
                guard failures < attempts else { throw HubError.connection(file: what, reason: fault.reason) }
                let seconds = min(max(1 << (failures - 1), fault.wait ?? 0), Self.longestWait)
                notify("\(what): \(fault.reason); trying again in \(seconds) s")
                try await sleep(.seconds(seconds))
            }
        }
    }

    /// A certificate that is not believed: trying again changes nothing. Foundation on Linux has no code of its own for it,
    /// only libcurl's words.
    private static func refusal(_ error: any Error) -> HubError? {
        guard let error = error as? URLError else { return nil }
        let words = error.localizedDescription
        switch error.code {
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
            .serverCertificateHasUnknownRoot:
            return .untrusted(reason: words)
        case .unknown where words.lowercased().contains("certificate"):
            return .untrusted(reason: words.split(separator: ": ").last.map { String($0) } ?? words)
        default: return nil
        }
    }

    /// The failure as one that may pass; `nil` where it will not.
    private static func fault(_ error: any Error) -> Fault? {
        if let fault = error as? Fault { return fault }
        guard let error = error as? URLError else { return nil }
        switch error.code {
        case .cancelled, .badURL, .unsupportedURL: return nil
        case .cannotFindHost, .dnsLookupFailed: return Fault(reason: "the hub's name is not known here")
        case .cannotConnectToHost: return Fault(reason: "the hub cannot be reached")
        case .timedOut: return Fault(reason: "the hub has fallen silent")
        default: return Fault(reason: "the connection broke")
        }
    }
}
