/// A setting of preprocessing that cannot be followed.
public struct PreprocessingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The setting's name, with dots where it is nested: `crop.height`.
    public var field: String
    /// What was expected of it.
    public var detail: String

    /// The error of a setting.
    public init(_ field: String, _ detail: String) {
        self.field = field
        self.detail = detail
    }

    /// Field and detail.
    public var description: String { "\(field): \(detail)" }
}
