/// Why a pickle is not read, and where.
public struct PickleError: Error, Sendable, Equatable {
    /// Of the opcode, counted from the first byte of the pickle.
    public var position: Int
    /// As Python calls it; `nil` where the byte is no opcode that is read.
    public var opcode: String?
    /// What is wrong.
    public var problem: PickleProblem
}

extension PickleError: CustomStringConvertible {
    /// The place and the reason, without a full stop.
    public var description: String {
        "at byte \(position) of the pickle\(opcode.map { " (\($0))" } ?? ""): \(problem.sentence)"
    }
}

/// What can be wrong with a pickle.
public enum PickleProblem: Error, Sendable, Equatable {
    // The bytes.
    case cutOff(needed: Int, available: Int)
    case noLineEnd(limit: Int)
    case unknownOpcode(UInt8)
    case refusedOpcode(String)
    case unsupportedProtocol(Int)
    case negativeLength(Int)
    case malformedNumber(String)
    case malformedText(String)
    // The stack and the memo.
    case emptyStack
    case noMark
    case notRemembered(Int)
    case leftOver(values: Int)
    case trailing(bytes: Int)
    case tooMany(String, limit: Int)
    // What is asked for.
    case refusedGlobal(String)
    case unreadNumbers(String)
    case unexpected(found: String, expected: String)
    case wrongArguments(of: String, found: Int, expected: String)

    var sentence: String {
        switch self {
        case .cutOff(1, 0): "the pickle ends here, without STOP"
        case .cutOff(let needed, let available): "\(needed) bytes are needed, and only \(available) follow"
        case .noLineEnd(let limit): "no line ends within \(limit) bytes"
        case .unknownOpcode(let byte): "0x\(String(byte, radix: 16)) is no opcode"
        case .refusedOpcode(let name):
            "the opcode \(name) is refused; only those that tensors, numbers, texts and containers need are read"
        case .unsupportedProtocol(let version): "protocol \(version) is not read; 0 to 5 are"
        case .negativeLength(let length): "the length \(length) is negative"
        case .malformedNumber(let text): "\(text.shown) is no number that is read"
        case .malformedText(let why): "the text \(why)"
        case .emptyStack: "the stack holds too few values"
        case .noMark: "no MARK is open"
        case .notRemembered(let index): "nothing was remembered under the number \(index)"
        case .leftOver(let values): "\(values) values are on the stack; one was expected, and no open MARK"
        case .trailing(let bytes): "\(bytes) bytes follow the end of the pickle"
        case .tooMany(let what, let limit): "there are more than \(limit) \(what)"
        case .refusedGlobal(let name):
            "\(name.shown) is refused; only the types and functions that saved tensors consist of are known, "
                + "and nothing is ever imported or called"
        case .unreadNumbers(let name):
            "\(name.shown) is not read: complex and quantised numbers are none that weights are made of"
        case .unexpected(let found, let expected): "found \(found) where \(expected) was expected"
        case .wrongArguments(let name, let found, let expected):
            "\(name) has \(found) arguments, expected \(expected)"
        }
    }
}
