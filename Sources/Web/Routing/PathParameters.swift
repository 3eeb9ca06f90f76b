/// What stood for a path's names.
public struct PathParameters: Sendable, Equatable {
    let values: [String: String]

    init(_ values: [String: String] = [:]) { self.values = values }

    /// - Precondition: The endpoint's path has that name.
    public subscript(_ name: String) -> String {
        guard let value = values[name] else { preconditionFailure("the path has no parameter \(name)") }
        return value
    }
}
