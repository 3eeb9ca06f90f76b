/// Why a model was not fetched. Descriptions name the file; none holds the token.
public enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was asked for cannot be a model's name or revision.
    case badName(String)
    /// An endpoint that is no HTTP address.
    case badEndpoint(String)
    /// A token that cannot stand in a header.
    case badToken
    /// The hub does not know the model, the revision or the file.
    case notFound(String)
    /// The hub wants another token, or one at all.
    case refused(String, status: Int)
    /// Another answer than was asked for.
    case unexpected(String, status: Int)
    /// The hub breaks the rules of its own interface.
    case malformed(String)
    /// A name in the hub's list that leads out of its folder.
    case unsafeFileName(String)
    /// Nothing in the list is wanted.
    case nothingSelected(String)
    /// What arrived is not what the hub said it would be, twice.
    case corrupt(file: String, found: String, expected: String)
    /// The connection failed as often as it may.
    case connection(file: String, reason: String)
    /// Who answers cannot show that it is the hub.
    case untrusted(reason: String)
    /// The disk is full, or will be.
    case diskFull(file: String, needed: Int, free: Int)
    /// Files cannot be written.
    case unwritable(String, reason: String)

    /// One sentence.
    public var description: String {
        switch self {
        case .badName(let name): "'\(name)' is not the name of a model or of a revision"
        case .badEndpoint(let text): "'\(text)' is not the address of a hub: it begins with https:// or http://"
        case .badToken: "the token has characters that no token has"
        case .notFound(let what): "the hub has no \(what)"
        case .refused(let what, let status):
            "the hub refuses \(what) (\(status)): it needs a token (--token, HF_TOKEN) of somebody who may read it"
        case .unexpected(let what, let status): "the hub answers \(status) to the request for \(what)"
        case .malformed(let what): "the hub's answer is wrong: \(what)"
        case .unsafeFileName(let name): "the hub lists a file '\(name)', which is no name within the model's folder"
        case .nothingSelected(let model): "\(model) has no file that is wanted; --include GLOB chooses others"
        case .corrupt(let file, let found, let expected):
            "\(file) arrived as \(found), and the hub says it is \(expected)"
        case .connection(let file, let reason): "\(file): \(reason)"
        case .untrusted(let reason):
            "the hub's certificate is not trusted (\(reason)); trusted are the system's authorities: one of your own goes into "
                + "/usr/local/share/ca-certificates, and update-ca-certificates makes it one of them"
        case .diskFull(let file, let needed, let free):
            "there is no room for \(file): it needs \(needed) bytes more, and \(free) are free"
        case .unwritable(let place, let reason): "\(place) cannot be written: \(reason)"
        }
    }
}
