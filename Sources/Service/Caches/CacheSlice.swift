internal import Checkpoints
internal import HookedModels
internal import Tensors
internal import TextNumbers
internal import Web

/// `?inputs=&positions=&heads=&keys=&features=`: which part of a stored hook, counted along its axes as they are stored.
struct CacheSlice: Sendable {
    let inputs: [Int]?
    let positions: [Int]?
    let heads: [Int]?
    let keys: [Int]?
    let features: [Int]?

    static let form = Form.object(
        fields: field("inputs"), field("positions"), field("heads"), field("keys"), field("features"),
        make: CacheSlice.init)

    private static func field(_ name: String) -> Field<[Int]?> {
        Field(
            name, Form<[Int]>.list(of: .integer, count: 0...65_536).map { $0.isEmpty ? nil : $0 }, default: .list([]),
            "Which \(name), separated by commas, counted as they are stored; negative ones count from the end. All unless "
                + "given.")
    }

    /// The indices along each axis of a hook, the input's first; `nil` for all.
    /// - Throws: the parameter's error for an axis that the hook lacks, or an index outside it.
    func indices(in hook: StoredCache.Hook) throws(FieldError) -> [[Int]?] {
        let shape = hook.values.shape
        var kept = [try Self.resolved(inputs, "inputs", shape[0], hook)]
        var used: Set<String> = ["inputs"]
        for (axis, extent) in zip(hook.axes, shape.dropFirst()) {
            let (name, wanted): (String, [Int]?) =
                switch axis {
                case .position, .query: ("positions", positions)
                case .head: ("heads", heads)
                case .key: ("keys", keys)
                case .feature: ("features", features)
                case .single: ("", nil)
                }
            used.insert(name)
            kept.append(try Self.resolved(wanted, name, extent, hook))
        }
        for (name, wanted) in [("positions", positions), ("heads", heads), ("keys", keys), ("features", features)]
        where wanted != nil && !used.contains(name) {
            throw FieldError(.parameter(name), "'\(hook.name)' has no such axis")
        }
        return kept
    }

    /// The shape that these indices leave.
    static func shape(_ hook: StoredCache.Hook, _ indices: [[Int]?]) -> [Int] {
        zip(hook.values.shape, indices).map { $1?.count ?? $0 }
    }

    /// The part.
    static func part(of hook: StoredCache.Hook, _ indices: [[Int]?]) -> RowPieces {
        var rows = hook.values
        if let inputs = indices.first ?? nil { rows = RowPieces(inputs.map { rows.row($0) }) }
        return RowPieces(
            rows.pieces.map { piece in
                indices.enumerated().dropFirst().reduce(piece) { part, entry in
                    entry.element.map { part.gathered(axis: entry.offset, $0) } ?? part
                }
            })
    }

    /// The same part has the same digest.
    static func digest(_ indices: [[Int]?]) -> String {
        let document = JSONValue.list(indices.map { $0.map(JSONValue.integers) ?? .null })
        return String(Digest.sha256(of: document.serialized).split(separator: ":").last?.prefix(16) ?? "")
    }

    private static func resolved(
        _ indices: [Int]?, _ name: String, _ extent: Int, _ hook: StoredCache.Hook
    ) throws(FieldError) -> [Int]? {
        guard let indices else { return nil }
        var resolved: [Int] = []
        for index in indices {
            guard index >= -extent, index < extent else {
                throw FieldError(
                    .parameter(name), "\(index) is outside '\(hook.name)', which has \(extent) of them stored")
            }
            resolved.append(index < 0 ? index + extent : index)
        }
        return resolved
    }
}
