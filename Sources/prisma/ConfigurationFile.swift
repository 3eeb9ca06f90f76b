import Foundation
import TextNumbers
import Yams

/// A YAML file as the value that forms read.
enum ConfigurationFile {
    /// Far above any configuration; a larger file is none.
    private static let maximumBytes = 1 << 20
    private static let maximumDepth = 32

    static func read(_ path: String) throws(ConfigurationError) -> JSONValue {
        let name = URL(filePath: path).lastPathComponent
        let fail = { (mistake: String) in ConfigurationError(file: name, mistakes: [mistake]) }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw fail("there is no such file, or it cannot be read")
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: maximumBytes + 1), data.count <= maximumBytes else {
            throw fail("a configuration has at most \(maximumBytes) bytes")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw fail("the file is not UTF-8") }
        return try parse(text, name)
    }

    static func parse(_ text: String, _ name: String) throws(ConfigurationError) -> JSONValue {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(file: name, mistakes: [sentence(error)])
        }
        guard let node else { return .object([]) }
        return try value(of: node, name, depth: 0)
    }

    private static func sentence(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "not YAML at line \(mark.line), column \(mark.column): \(problem)"
        case .duplicatedKeysInMapping(let keys, _): "a key stands twice: \(keys.joined(separator: ", "))"
        default: "not YAML"
        }
    }

    private static func value(of node: Node, _ name: String, depth: Int) throws(ConfigurationError) -> JSONValue {
        guard depth < maximumDepth else {
            throw ConfigurationError(file: name, mistakes: ["nested deeper than \(maximumDepth) levels"])
        }
        switch node {
        case .scalar: return scalar(node)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try value(of: element, name, depth: depth + 1)) }
            return .list(elements)
        case .mapping(let mapping):
            var members: [JSONMember] = []
            for (key, content) in mapping {
                guard let text = key.string else {
                    throw ConfigurationError(file: name, mistakes: ["a key is not a text"])
                }
                members.append(JSONMember(text, try value(of: content, name, depth: depth + 1)))
            }
            return .object(members)
        default: throw ConfigurationError(file: name, mistakes: ["aliases are not supported"])
        }
    }

    /// By the rules of YAML's core schema, as far as a configuration needs them.
    private static func scalar(_ node: Node) -> JSONValue {
        if node.null != nil { return .null }
        if let bool = node.bool { return .bool(bool) }
        if let int = node.int { return .integer(Int64(int)) }
        if let double = node.float, double.isFinite { return .number(double) }
        return .string(node.string ?? "")
    }
}
