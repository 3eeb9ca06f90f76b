/// Turns a selection into indices for one hook after another.
struct SelectionResolver {
    let selection: Selection
    let subject: HookPlanError.Subject
    let architecture: Architecture
    /// Indices by field and extent: hooks of one shape share them, however long they are.
    private var known: [String: [Int: [Int]]] = [:]

    init(_ selection: Selection, of subject: HookPlanError.Subject, architecture: Architecture) {
        self.selection = selection
        self.subject = subject
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
            case .key: indices = try checked(selection.keys, "keys", extent, entry)
            case .single: indices = nil
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
        if selection.keys != nil && !axes.contains(.key) { throw failure(.noSuchAxis(field: "keys")) }
        if selection.features != nil && !axes.contains(.feature) { throw failure(.noSuchAxis(field: "features")) }
        if selection.positions != .all && !hasPositions { throw failure(.noSuchAxis(field: "positions")) }
        if selection.reduction != nil && !hasPositions { throw failure(.noSuchAxis(field: "reduce")) }
    }

    private func failure(_ reason: HookPlanError.Reason) -> HookPlanError {
        HookPlanError(subject: subject, reason: reason)
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
