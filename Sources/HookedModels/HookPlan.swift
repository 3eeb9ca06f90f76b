/// What one request wants of a forward pass, compiled once: no name is looked at while blocks are computed.
///
/// A plan says nothing about a batch: it is bound to rows when a ``Probe`` is made, so that requests that want different
/// things share one forward pass.
public struct HookPlan: Sendable {
    /// One hook that is kept, and which part of it.
    struct Record: Sendable {
        let point: HookPoint
        let selection: ResolvedSelection
    }

    /// In the order of firing.
    let records: [Record]
    /// Which optional hooks exist.
    public let flags: HookFlags
    /// Blocks that are computed; `nil` for all, and the head.
    public let stopAtLayer: Int?

    /// Nothing is kept.
    public static let empty = HookPlan(records: [], flags: HookFlags(), stopAtLayer: nil)

    /// The captures that result, in the order of firing: names and shapes for one input.
    public var captures: [(name: String, shape: [Int])] { records.map { ($0.point.name, $0.selection.shape) } }

    /// Float32 bytes of the captures for one input; `Int.max` where they are more.
    public var bytesPerInput: Int { HookPlan.bytes(of: records.map(\.selection.shape), inputs: 1) }

    /// Float32 bytes of tensors of these shapes for each of `inputs`; `Int.max` where they are more. A selection may
    /// repeat indices, so a request can name shapes that no memory holds.
    public static func bytes(of shapes: [[Int]], inputs: Int) -> Int {
        shapes.reduce(0) { sum, shape in
            guard inputs > 0, !shape.contains(0) else { return sum }
            let own = shape.reduce((bytes: inputs, isTooMuch: false)) { product, extent in
                let (bytes, overflow) = product.bytes.multipliedReportingOverflow(by: extent)
                return (bytes, product.isTooMuch || overflow)
            }
            let (bytes, overflow) = own.bytes.multipliedReportingOverflow(by: 4)
            let (total, isTooMuch) = sum.addingReportingOverflow(bytes)
            return own.isTooMuch || overflow || isTooMuch ? .max : total
        }
    }
}

/// Hooks that a request asks for: names or patterns, and the part of them it wants.
public struct CaptureRequest: Sendable {
    /// Names or patterns (``Glob``).
    public var hooks: [String]
    /// Which part of each.
    public var selection: Selection

    /// The whole activations unless a selection is given.
    public init(hooks: [String], selection: Selection = .all) {
        self.hooks = hooks
        self.selection = selection
    }
}

/// Why a plan cannot be made. `capture` and `hook` say where in the request.
public struct HookPlanError: Error, Sendable {
    /// What is wrong.
    public enum Reason: Sendable, Equatable {
        /// No hook of the model has the name; nearest ones can be found among `known`.
        case unknownHook(String, known: [String])
        case noMatch(String)
        case flagIsOff(String, flag: String)
        case notReached(String, stopAtLayer: Int)
        case badPattern(String, reason: String)
        case layerOutOfRange(Int, layers: Int)
        case noSuchAxis(field: String)
        case noClassToken
        case outOfRange(field: String, index: Int, hook: String, count: Int)
        case twoSelections(String)
    }

    /// Which of the captures, where it is one's fault.
    public let capture: Int?
    /// Which of its hooks.
    public let hook: Int?
    /// What is wrong there.
    public let reason: Reason
}

extension HookPlan {
    /// Compiles what a request wants of a model.
    /// - Parameter stopAtLayer: as a Python slice bound, −layers … layers: 0 stops after the embedding.
    public init(
        _ captures: [CaptureRequest], for architecture: Architecture, flags: HookFlags = HookFlags(),
        stopAtLayer: Int? = nil
    ) throws(HookPlanError) {
        var layers: Int?
        if let stop = stopAtLayer {
            guard (-architecture.layers...architecture.layers).contains(stop) else {
                throw HookPlanError(
                    capture: nil, hook: nil, reason: .layerOutOfRange(stop, layers: architecture.layers))
            }
            layers = stop < 0 ? architecture.layers + stop : stop
        }
        let table = HookTable(architecture, flags: flags, layers: layers, stopsEarly: layers != nil)
        var chosen: [HookPoint: ResolvedSelection] = [:]
        for (index, capture) in captures.enumerated() {
            var resolver = SelectionResolver(capture.selection, capture: index, architecture: architecture)
            var matched: [HookTable.Entry] = []
            for (place, hook) in capture.hooks.enumerated() {
                let failure = { reason in HookPlanError(capture: index, hook: place, reason: reason) }
                let entries = try HookPlan.match(hook, in: table, failure)
                if entries.isEmpty {
                    throw failure(HookPlan.explain(hook, architecture, flags: flags, stopAtLayer: stopAtLayer))
                }
                for entry in entries {
                    let selection = try resolver.resolve(entry)
                    if let other = chosen.updateValue(selection, forKey: entry.point),
                        other.kept != selection.kept
                            || other.reduction != selection.reduction
                    {
                        throw failure(.twoSelections(entry.point.name))
                    }
                }
                matched += entries
            }
            try resolver.checkUse(in: matched)
        }
        records = table.entries.compactMap { entry in
            chosen[entry.point].map { Record(point: entry.point, selection: $0) }
        }
        self.flags = flags
        self.stopAtLayer = layers
    }

    private static func match(
        _ hook: String, in table: HookTable, _ failure: (HookPlanError.Reason) -> HookPlanError
    ) throws(HookPlanError) -> [HookTable.Entry] {
        let glob: Glob
        do {
            glob = try Glob(hook)
        } catch {
            throw failure(.badPattern(hook, reason: error.reason))
        }
        return table.entries.filter { glob.matches($0.point.name) }
    }

    /// Why nothing matched: a flag that is off, a layer that is not reached, or a name that does not exist.
    private static func explain(
        _ hook: String, _ architecture: Architecture, flags: HookFlags, stopAtLayer: Int?
    ) -> HookPlanError.Reason {
        let possible = HookTable(possible: architecture, flags: flags)
        let matches = (try? Glob(hook)).map { glob in possible.entries.filter { glob.matches($0.point.name) } } ?? []
        if let gated = matches.first(where: { !flags.enables($0.point.site) }), let flag = gated.flag {
            return .flagIsOff(gated.point.name, flag: flag)
        }
        if let first = matches.first, let stopAtLayer { return .notReached(first.point.name, stopAtLayer: stopAtLayer) }
        let isLiteral = (try? Glob(hook))?.isLiteral ?? true
        return isLiteral ? .unknownHook(hook, known: possible.entries.map(\.point.name)) : .noMatch(hook)
    }
}

/// Turns a selection into indices for one hook after another.
private struct SelectionResolver {
    let selection: Selection
    let capture: Int
    let architecture: Architecture
    /// Indices by field and extent: hooks of one shape share them, however long they are.
    private var known: [String: [Int: [Int]]] = [:]

    init(_ selection: Selection, capture: Int, architecture: Architecture) {
        self.selection = selection
        self.capture = capture
        self.architecture = architecture
    }

    mutating func resolve(_ entry: HookTable.Entry) throws(HookPlanError) -> ResolvedSelection {
        var kept: [[Int]?] = []
        var shape: [Int] = []
        var reducedAxis: Int?
        for (axis, extent) in zip(entry.axes, entry.shape) {
            var indices: [Int]?
            switch axis {
            case .position, .query: indices = try positions(extent, entry)
            case .head: indices = try checked(selection.heads, "heads", extent, entry)
            case .feature: indices = try checked(selection.features, "features", extent, entry)
            case .key, .single: indices = nil
            }
            kept.append(indices)
            shape.append(indices?.count ?? extent)
            if axis == .position || axis == .query, selection.reduction != nil {
                reducedAxis = kept.count
                shape[kept.count - 1] = 1
            }
        }
        return ResolvedSelection(
            kept: kept, reducedAxis: reducedAxis, reduction: reducedAxis == nil ? nil : selection.reduction,
            shape: shape)
    }

    /// A slice along an axis that none of the hooks has is a mistake; along one that some have it is meant for those.
    func checkUse(in entries: [HookTable.Entry]) throws(HookPlanError) {
        let axes = Set(entries.flatMap(\.axes))
        let hasPositions = axes.contains(.position) || axes.contains(.query)
        if selection.heads != nil && !axes.contains(.head) { throw failure(.noSuchAxis(field: "heads")) }
        if selection.features != nil && !axes.contains(.feature) { throw failure(.noSuchAxis(field: "features")) }
        if selection.positions != .all && !hasPositions { throw failure(.noSuchAxis(field: "positions")) }
        if selection.reduction != nil && !hasPositions { throw failure(.noSuchAxis(field: "reduce")) }
    }

    private func failure(_ reason: HookPlanError.Reason) -> HookPlanError {
        HookPlanError(capture: capture, hook: nil, reason: reason)
    }

    /// `hook_embed` is taken before the prefix joins, and positions may be learned for some tokens only.
    private mutating func positions(_ extent: Int, _ entry: HookTable.Entry) throws(HookPlanError) -> [Int]? {
        let prefix = entry.axes.first == .position || entry.axes.contains(.query) ? extent - architecture.patches : 0
        switch selection.positions {
        case .all: return nil
        case .cls:
            guard architecture.hasClassToken else { throw failure(.noClassToken) }
            return prefix > 0 ? [0] : []
        case .patches: return prefix > 0 ? Array(prefix..<extent) : nil
        case .indices(let indices): return try checked(indices, "positions", extent, entry)
        }
    }

    private mutating func checked(
        _ indices: [Int]?, _ field: String, _ extent: Int, _ entry: HookTable.Entry
    ) throws(HookPlanError) -> [Int]? {
        guard let indices else { return nil }
        if let same = known[field]?[extent] { return same }
        var result: [Int] = []
        for index in indices {
            guard index >= -extent && index < extent else {
                throw failure(.outOfRange(field: field, index: index, hook: entry.point.name, count: extent))
            }
            result.append(index < 0 ? index + extent : index)
        }
        known[field, default: [:]][extent] = result
        return result
    }
}
