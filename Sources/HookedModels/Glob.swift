/// A pattern over names: `*` stands for any characters, dots included, `?` for one, `[a-b]` for one of a range,
/// `{a,b}` for one of several. The whole name must match.
public struct Glob: Sendable, Hashable {
    /// As it was written.
    public let pattern: String
    /// The pattern with every choice of braces written out.
    private let alternatives: [[Piece]]

    private enum Piece: Sendable, Hashable {
        case character(UInt8)
        case any
        case anyRun
        case oneOf([ClosedRange<UInt8>], isNegated: Bool)
    }

    /// How long a pattern may be, in bytes.
    public static let maximumLength = 512
    /// How many alternatives its braces may make.
    public static let maximumAlternatives = 256

    /// Why a text is no pattern.
    public struct SyntaxError: Error, Sendable, Equatable {
        /// In words, with the place.
        public let reason: String
    }

    /// Reads a pattern. - Throws: where a bracket or brace is not closed, or too much would follow from it.
    public init(_ pattern: String) throws(SyntaxError) {
        guard pattern.utf8.count <= Glob.maximumLength else {
            throw SyntaxError(reason: "a pattern has at most \(Glob.maximumLength) characters")
        }
        self.pattern = pattern
        var alternatives: [[Piece]] = []
        for text in try Glob.expandingBraces(Array(pattern.utf8)) { alternatives.append(try Glob.pieces(of: text)) }
        self.alternatives = alternatives
    }

    /// Whether the pattern is a plain name.
    public var isLiteral: Bool { !pattern.utf8.contains { "*?[{".utf8.contains($0) } }

    /// Whether the pattern describes the whole name.
    public func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        return alternatives.contains { Glob.matches($0, name) }
    }

    /// Greedy with one place to come back to: linear in practice, quadratic at worst.
    private static func matches(_ pieces: [Piece], _ name: [UInt8]) -> Bool {
        var piece = 0
        var position = 0
        var retry: (piece: Int, position: Int)?
        while position < name.count {
            if piece < pieces.count, pieces[piece] == .anyRun {
                retry = (piece, position)
                piece += 1
            } else if piece < pieces.count, accepts(pieces[piece], name[position]) {
                piece += 1
                position += 1
            } else if let last = retry {
                retry = (last.piece, last.position + 1)
                piece = last.piece + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { $0 == .anyRun }
    }

    private static func accepts(_ piece: Piece, _ byte: UInt8) -> Bool {
        switch piece {
        case .character(let expected): byte == expected
        case .any: true
        case .anyRun: false
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
        }
    }

    private static func pieces(of text: [UInt8]) throws(SyntaxError) -> [Piece] {
        var pieces: [Piece] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "*"): if pieces.last != .anyRun { pieces.append(.anyRun) }
            case UInt8(ascii: "?"): pieces.append(.any)
            case UInt8(ascii: "["): pieces.append(try characterClass(text, &index))
            default: pieces.append(.character(text[index]))
            }
            index += 1
        }
        return pieces
    }

    /// Reads `[a-b]` from its bracket to its closing one.
    private static func characterClass(_ text: [UInt8], _ index: inout Int) throws(SyntaxError) -> Piece {
        guard let end = text[(index + 1)...].firstIndex(of: UInt8(ascii: "]")), end > index + 1 else {
            throw SyntaxError(reason: "the [ at character \(index + 1) is not closed or holds nothing")
        }
        var members = text[(index + 1)..<end]
        let isNegated = members.first == UInt8(ascii: "!") || members.first == UInt8(ascii: "^")
        if isNegated { members = members.dropFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        var at = members.startIndex
        while at < members.endIndex {
            let isRange = at + 2 < members.endIndex && members[at + 1] == UInt8(ascii: "-")
            let last = isRange ? members[at + 2] : members[at]
            guard members[at] <= last else {
                throw SyntaxError(reason: "a range of the [ at character \(index + 1) is empty")
            }
            ranges.append(members[at]...last)
            at += isRange ? 3 : 1
        }
        guard !ranges.isEmpty else { throw SyntaxError(reason: "the [ at character \(index + 1) holds nothing") }
        index = end
        return .oneOf(ranges, isNegated: isNegated)
    }

    /// Writes the first pair of braces out, and what results again, until none is left.
    private static func expandingBraces(_ text: [UInt8]) throws(SyntaxError) -> [[UInt8]] {
        var open = [text]
        var done: [[UInt8]] = []
        while let next = open.popLast() {
            guard let start = next.firstIndex(of: UInt8(ascii: "{")) else {
                guard !next.contains(UInt8(ascii: "}")) else { throw SyntaxError(reason: "a } has no {") }
                done.append(next)
                continue
            }
            var depth = 0
            var cuts = [start]
            var end: Int?
            for index in start..<next.count where end == nil {
                switch next[index] {
                case UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "}"):
                    depth -= 1
                    if depth == 0 { end = index }
                case UInt8(ascii: ",") where depth == 1: cuts.append(index)
                default: break
                }
            }
            guard let end else { throw SyntaxError(reason: "the { at character \(start + 1) is not closed") }
            cuts.append(end)
            for (from, to) in zip(cuts, cuts.dropFirst()) {
                open.append(Array(next[..<start] + next[(from + 1)..<to] + next[(end + 1)...]))
            }
            guard open.count + done.count <= maximumAlternatives else {
                throw SyntaxError(reason: "the braces make more than \(maximumAlternatives) alternatives")
            }
        }
        return done
    }
}
