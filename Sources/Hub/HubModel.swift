/// A model on a hub, and which state of it.
public struct HubModel: Sendable, Equatable, CustomStringConvertible {
    /// `owner/name`, or a name alone.
    public let id: String
    /// A branch, a tag or a commit.
    public let revision: String

    /// - Throws: ``HubError/badName(_:)`` for what could lead out of the cache's folder or out of the hub's address.
    public init(_ id: String, revision: String = "main") throws(HubError) {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), id.utf8.count <= 192, !id.contains("--"),
            parts.allSatisfy(Self.isComponent)
        else { throw .badName(id) }
        let steps = revision.split(separator: "/", omittingEmptySubsequences: false)
        guard revision.utf8.count <= 256, steps.allSatisfy(Self.isComponent) else { throw .badName(revision) }
        self.id = id
        self.revision = revision
    }

    /// The name.
    public var description: String { id }

    /// Letters, digits, `.`, `_` and `-`; not hidden, and no way up.
    static func isComponent(_ text: Substring) -> Bool {
        !text.isEmpty && text.first != "."
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || "._-".utf8.contains(byte)
            }
    }

    /// Whether a text is a commit: forty hexadecimal digits in lower case.
    static func isCommit(_ text: String) -> Bool { text.utf8.count == 40 && isHexadecimal(text) }

    static func isHexadecimal(_ text: String) -> Bool {
        text.utf8.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
        }
    }
}
