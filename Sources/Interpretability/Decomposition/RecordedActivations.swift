public import HookedModels
public import Tensors

/// Activations of some inputs by hook, with the model they came from: what streams are taken apart with. It stands for
/// ViT-Prisma's `ActivationCache`.
public struct RecordedActivations: Sendable {
    /// Where they came from.
    public let model: HookedModel
    /// Which of the stream's positions were kept, in this order.
    public let positions: [Int]
    private let values: [String: RowPieces]

    /// - Parameters:
    ///   - captures: under full names, each [input, …].
    ///   - positions: those that were kept of hooks that have them; `nil` for all.
    public init(_ captures: [(name: String, values: RowPieces)], positions: [Int]? = nil, of model: HookedModel) {
        self.model = model
        self.positions = positions ?? Array(0..<model.architecture.positions)
        values = Dictionary(captures.map { ($0.name, $0.values) }) { first, _ in first }
    }

    /// Whether a hook is there.
    public func has(_ site: Site, _ layer: Int? = nil) -> Bool { values[HookPoint(site, layer: layer).name] != nil }

    /// A hook's activation, [input, …].
    /// - Parameter trailing: what follows the input's axis; another shape was cut.
    public func tensor(
        _ site: Site, _ layer: Int? = nil, _ trailing: [Int]
    ) throws(StreamError) -> Tensor {
        let name = HookPoint(site, layer: layer).name
        guard let found = values[name] else { throw .missing(hook: name) }
        guard found.shape.dropFirst() == trailing[...] else {
            throw .partial(hook: name, shape: Array(found.shape.dropFirst()), expected: trailing)
        }
        return found.joined
    }

    /// The place of a position among those that were kept.
    public func place(of position: Int) throws(StreamError) -> Int {
        guard let place = positions.firstIndex(of: position) else { throw .unrecordedPosition(position) }
        return place
    }
}

extension RecordedActivations {
    /// How many inputs; `nil` where nothing was recorded.
    var inputs: Int? { values.values.first?.shape[0] }

    /// A hook's activation as it was recorded, of whatever part.
    func whole(_ site: Site, _ layer: Int? = nil) throws(StreamError) -> Tensor {
        let name = HookPoint(site, layer: layer).name
        guard let found = values[name] else { throw .missing(hook: name) }
        return found.joined
    }
}
