/// The body of a request: chunks of decoded content (transfer coding removed, content coding not), in order.
///
/// A body can be read once. Reading is what lets more bytes in: nobody reads, nothing is buffered beyond
/// the connection's window.
public struct RequestBody: Sendable, AsyncSequence {
    /// A chunk; never empty.
    public typealias Element = [UInt8]

    /// The declared length in bytes; `nil` when the body is chunked.
    public let contentLength: Int?
    private let next: @Sendable () async throws -> [UInt8]?

    /// - Parameter next: gives the following chunk, `nil` at the end; throws ``HTTPError`` when the peer
    ///   breaks off, is too slow or sends broken framing.
    public init(contentLength: Int?, next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.contentLength = contentLength
        self.next = next
    }

    /// The one reader of the body.
    public func makeAsyncIterator() -> Iterator { Iterator(next: next) }

    /// Gives the chunks in order.
    public struct Iterator: AsyncIteratorProtocol {
        let next: @Sendable () async throws -> [UInt8]?
        /// The following chunk, `nil` at the end; throws as ``RequestBody/init(contentLength:next:)`` says.
        public mutating func next() async throws -> [UInt8]? { try await self.next() }
    }
}

extension RequestBody {
    /// No body at all.
    public static var empty: RequestBody { RequestBody(contentLength: 0) { nil } }
}
