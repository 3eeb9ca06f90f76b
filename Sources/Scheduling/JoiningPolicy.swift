/// Which queued items may share one batch. Items join only when their keys are equal; an item without a key is alone.
public struct JoiningPolicy: Sendable, Equatable {
    /// A batch grows up to this many rows. An item with more rows than that runs alone.
    public var maximumRows: Int
    /// A batch grows up to this many items.
    public var maximumItems: Int

    /// - Precondition: Both are positive.
    public init(maximumRows: Int, maximumItems: Int = .max) {
        precondition(maximumRows > 0 && maximumItems > 0, "a batch holds at least one item with one row")
        self.maximumRows = maximumRows
        self.maximumItems = maximumItems
    }

    /// Every item is a batch of its own.
    public static var oneByOne: JoiningPolicy { JoiningPolicy(maximumRows: .max, maximumItems: 1) }

    /// Items with equal keys run together, up to `rows` rows.
    public static func rows(upTo rows: Int) -> JoiningPolicy { JoiningPolicy(maximumRows: rows) }
}
