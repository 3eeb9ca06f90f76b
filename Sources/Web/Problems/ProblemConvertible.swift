public import HTTP
import HTTPTypes
public import TextNumbers

/// An error that may reach a client in its own words. Any other becomes a 500 that says nothing but its number.
public protocol ProblemConvertible: Error {
    /// What the client is told.
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    /// Itself.
    public var problem: Problem { self }
}

extension HTTPError: ProblemConvertible {
    /// Its status and sentence.
    public var problem: Problem { Problem(status, detail) }
}

extension FieldError: ProblemConvertible {
    /// A 400 for this one field.
    public var problem: Problem { .fields([self]) }
}

extension JSONError: ProblemConvertible {
    /// A 400 with the byte's position.
    public var problem: Problem { Problem(.badRequest, "The JSON is broken at byte \(position): \(reason).") }
}
