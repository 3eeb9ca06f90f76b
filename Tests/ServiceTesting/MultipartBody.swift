public import HTTPTypes
public import TextNumbers

/// A `multipart/form-data` body, put together part by part.
public struct MultipartBody: Sendable {
    private static let boundary = "prisma-tests-5f2c"
    private var content: [UInt8] = []

    /// No parts yet.
    public init() {}

    /// Adds a file.
    public func file(_ name: String, _ bytes: [UInt8], type: String = "image/png") -> MultipartBody {
        adding(
            "Content-Disposition: form-data; name=\"\(name)\"; filename=\"\(name).bin\"\r\nContent-Type: \(type)", bytes
        )
    }

    /// Adds the document.
    public func document(_ json: JSONValue) -> MultipartBody {
        adding("Content-Disposition: form-data; name=\"request\"\r\nContent-Type: application/json", json.serialized)
    }

    private func adding(_ head: String, _ bytes: [UInt8]) -> MultipartBody {
        var copy = self
        copy.content += Array("--\(Self.boundary)\r\n\(head)\r\n\r\n".utf8) + bytes + Array("\r\n".utf8)
        return copy
    }

    /// All of it.
    public var bytes: [UInt8] { content + Array("--\(Self.boundary)--\r\n".utf8) }

    /// The value of `Content-Type`.
    public var contentType: String { "multipart/form-data; boundary=\(Self.boundary)" }

    /// With only that field.
    public var fields: HTTPFields { [.contentType: contentType] }
}
