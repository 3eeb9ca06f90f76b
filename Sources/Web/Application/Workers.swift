/// Threads for work that would hold up the cooperative pool: parsing and writing large documents.
public protocol Workers: Sendable {
    /// Runs `body` there and gives its result.
    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T
}

/// Runs everything where it is asked for: for tests, and for small tools.
public struct InPlace: Workers {
    /// There is nothing to it.
    public init() {}

    /// Runs `body` at once.
    public func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T { try body() }
}
