/// One of the keys of ``Form/oneKey(_:_:_:)``.
public struct Variant<Value: Sendable>: Sendable {
    let name: String
    let form: Form<Value>

    /// - Parameter make: takes what the form of the key's value has read.
    public init<Content>(
        _ name: String, _ form: Form<Content>, _ summary: String, make: @escaping @Sendable (Content) -> Value
    ) {
        self.name = name
        self.form = form.described(summary).map(make)
    }
}
