extension [UInt8] {
    /// The bytes of a span, copied.
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { Array($0) }
    }
}
