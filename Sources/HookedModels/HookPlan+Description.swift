public import TextNumbers

extension HookPlan {
    /// What is kept, as a document: the same for the same wish, however it was put. Flags and where the plan stops are
    /// not in it.
    ///
    /// Each hook with the indices kept along each axis after the first (`null` for all) and the reduction, if any.
    public var captureDocument: JSONValue {
        .list(
            records.map { record in
                [
                    "hook": .string(record.point.name),
                    "kept": .list(
                        record.selection.kept.map { indices in
                            indices.map { .integers($0) } ?? .null
                        }),
                    "reduce": record.selection.reduction.map { .string($0.rawValue) } ?? .null,
                ]
            })
    }
}
