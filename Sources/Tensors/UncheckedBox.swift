/// Carries pointers into the parts of a parallel loop.
///
/// `@unchecked Sendable` because: it lives no longer than ``Crew/split(_:atLeast:_:)``, whose caller holds what the
/// pointers point to and whose parts write disjoint elements.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
