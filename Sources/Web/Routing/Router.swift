import HTTPTypes

/// Finds what stands behind a path and a method: a tree of segments, so that the cost is the length of the path and not
/// the number of routes. A literal segment wins over a parameter.
struct Router<Destination: Sendable>: Sendable {
    enum Match {
        case found(Destination, PathParameters)
        /// The path is there, but for these methods.
        case otherMethods([HTTPRequest.Method])
        case none
    }

    private struct Route: Sendable {
        let destination: Destination
        let parameterNames: [String]
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var routes: [HTTPRequest.Method: Route] = [:]
    }

    /// The first is the root.
    private var nodes = [Node()]

    init() {}

    /// - Precondition: Nothing has been added for the same path and method.
    mutating func add(_ method: HTTPRequest.Method, _ path: PathPattern, _ destination: Destination) {
        var at = 0
        for segment in path.segments {
            switch segment {
            case .literal(let text): at = child(of: at, \.literals[text])
            case .parameter: at = child(of: at, \.parameter)
            }
        }
        let route = Route(destination: destination, parameterNames: path.parameterNames)
        let previous = nodes[at].routes.updateValue(route, forKey: method)
        precondition(previous == nil, "\(method) \(path) is declared twice")
    }

    private mutating func child(of node: Int, _ slot: WritableKeyPath<Node, Int?>) -> Int {
        if let known = nodes[node][keyPath: slot] { return known }
        nodes.append(Node())
        nodes[node][keyPath: slot] = nodes.count - 1
        return nodes.count - 1
    }

    /// `HEAD` is answered by what answers `GET`.
    func match(_ method: HTTPRequest.Method, _ segments: [String]) -> Match {
        var names: [String] = []
        guard let node = find(segments[...], from: 0, &names) else { return .none }
        let routes = nodes[node].routes
        guard let route = routes[method] ?? (method == .head ? routes[.get] : nil) else {
            return .otherMethods(Self.allowed(Array(routes.keys)))
        }
        return .found(
            route.destination, PathParameters(Dictionary(uniqueKeysWithValues: zip(route.parameterNames, names))))
    }

    private func find(_ segments: ArraySlice<String>, from node: Int, _ names: inout [String]) -> Int? {
        guard let segment = segments.first else { return nodes[node].routes.isEmpty ? nil : node }
        if let literal = nodes[node].literals[segment], let found = find(segments.dropFirst(), from: literal, &names) {
            return found
        }
        guard let parameter = nodes[node].parameter, PathPattern.isName(segment) else { return nil }
        names.append(segment)
        if let found = find(segments.dropFirst(), from: parameter, &names) { return found }
        names.removeLast()
        return nil
    }

    /// What `Allow` says for routes of these methods.
    static func allowed(_ methods: [HTTPRequest.Method]) -> [HTTPRequest.Method] {
        let implied: [HTTPRequest.Method] = methods.contains(.get) ? [.head, .options] : [.options]
        return (methods + implied).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            .sorted { $0.rawValue < $1.rawValue }
    }
}
