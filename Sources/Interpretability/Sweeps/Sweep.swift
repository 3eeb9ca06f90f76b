public import HookedModels

/// One cell after the other of a network: what is patched or ablated in each, and how the cells are laid out.
///
/// The axes that are swept over tell the cells apart; along the others a cell takes everything that was chosen.
public struct Sweep: Sendable {
    /// Where.
    public let site: SweepSite
    /// The axes of the result, in this order.
    public let over: [SweepAxis]
    /// What was chosen along each axis of the site: numbers of layers, positions, heads or neurons.
    public let chosen: [SweepAxis: [Int]]

    /// Where positions are counted in the hook's activations, the inputs being axis 0.
    public let positionAxis: Int

    /// One cell.
    public struct Cell: Sendable, Equatable {
        /// In row-major order of the result.
        public let index: Int
        /// One number an axis that is swept over.
        public let coordinates: [Int]
    }

    /// Why a sweep makes no sense for a model.
    public enum Failure: Error, Sendable, Equatable {
        /// The model has no such hook.
        case noSuchSite(SweepSite)
        /// The site has no such axis.
        case noSuchAxis(SweepAxis, of: SweepSite)
        case axisTwice(SweepAxis)
        case outOfRange(SweepAxis, Int, count: Int)
        case repeated(SweepAxis, Int)
        /// A selection along an axis that the site does not have.
        case nothingToChoose(SweepAxis, of: SweepSite)
    }

    /// - Parameter chosen: along axes, negative numbers counting from the end; what is absent is whole.
    public init(
        _ site: SweepSite, over: [SweepAxis], chosen: [SweepAxis: [Int]] = [:], of architecture: Architecture
    ) throws(Failure) {
        let flags = HookFlags(useAttnResult: true)
        guard
            let entry = HookTable(architecture, flags: flags).entries.first(where: { $0.point.site == site.site })
        else { throw .noSuchSite(site) }
        var resolved: [SweepAxis: [Int]] = [:]
        for axis in SweepAxis.allCases {
            guard site.axes.contains(axis) else {
                if chosen[axis] != nil { throw .nothingToChoose(axis, of: site) }
                continue
            }
            let extent =
                switch axis {
                case .layer: architecture.layers
                case .position: architecture.positions
                case .head: architecture.heads
                case .neuron: entry.shape.last ?? 0
                }
            var indices: [Int] = []
            var seen: Set<Int> = []
            for index in chosen[axis] ?? Array(0..<extent) {
                guard index >= -extent, index < extent else { throw .outOfRange(axis, index, count: extent) }
                let place = index < 0 ? index + extent : index
                guard seen.insert(place).inserted else { throw .repeated(axis, place) }
                indices.append(place)
            }
            resolved[axis] = indices
        }
        var axes: Set<SweepAxis> = []
        for axis in over {
            guard site.axes.contains(axis) else { throw .noSuchAxis(axis, of: site) }
            guard axes.insert(axis).inserted else { throw .axisTwice(axis) }
        }
        self.site = site
        positionAxis = 1 + (entry.axes.firstIndex { $0 == .position || $0 == .query } ?? 0)
        self.over = over
        self.chosen = resolved
    }

    /// The extents of the result.
    public var shape: [Int] { over.map { chosen[$0]?.count ?? 0 } }

    /// How many cells.
    public var count: Int { shape.reduce(1, *) }

    /// A cell by its place in row-major order.
    public func cell(_ index: Int) -> Cell {
        var rest = index
        var coordinates: [Int] = []
        for axis in over.reversed() {
            let indices = chosen[axis] ?? []
            coordinates.insert(indices[rest % indices.count], at: 0)
            rest /= indices.count
        }
        return Cell(index: index, coordinates: coordinates)
    }

    /// The layers that a cell reaches into, in order.
    public func layers(of cell: Cell) -> [Int] { selected(.layer, by: cell)?.sorted() ?? [] }

    /// What a cell does to one input of a pass.
    /// - Parameter change: what becomes of its part of each hook.
    public func interventions(_ cell: Cell, input: Int, _ change: Intervention.Change) -> [Intervention] {
        let selection = Selection(
            positions: selected(.position, by: cell).map { .indices($0) } ?? .all,
            heads: selected(.head, by: cell), features: selected(.neuron, by: cell))
        return layers(of: cell).map { layer in
            Intervention(HookPoint(site.site, layer: layer).name, change, at: selection, inputs: [input])
        }
    }

    /// The hooks of all cells.
    public var hooks: [String] { (chosen[.layer] ?? []).map { HookPoint(site.site, layer: $0).name } }

    /// The flags under which the hooks exist.
    public var flags: HookFlags { HookFlags(useAttnResult: site == .result) }

    private func selected(_ axis: SweepAxis, by cell: Cell) -> [Int]? {
        guard let all = chosen[axis] else { return nil }
        guard let place = over.firstIndex(of: axis) else { return all }
        return [cell.coordinates[place]]
    }
}
