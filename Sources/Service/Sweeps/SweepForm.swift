internal import HTTPTypes
internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// `sweep`, as a request writes it: which hook, and what its cells tell apart.
struct SweepWish: Sendable {
    let site: SweepSite
    let over: [SweepAxis]
    let layers: [Int]?
    let positions: Selection.Positions
    let heads: [Int]?
    let neurons: [Int]?

    /// The most cells of one sweep.
    static let maximumCells = 131_072

    static let form = Form.object(
        "Sweep",
        "Which activations are changed, cell by cell. Axes in `over` tell cells apart; along the others a cell takes all that "
            + "is chosen.",
        fields: Field("hook", .choice(of: SweepSite.self), "Where: a hook of every layer, by its short name."),
        Field(
            "over", .list(of: .choice(of: SweepAxis.self), count: 1...4), default: ["layer", "position"],
            "The axes of the result, in this order. Positions belong to all hooks (of a pattern: the queries), heads to z, q, "
                + "k, v, result and pattern, neurons to post."),
        Field(optional: "layers", indices, "All unless given."), CaptureForm.positions(),
        Field(optional: "heads", indices, "All unless given."),
        Field(optional: "neurons", indices, "All unless given."),
        make: SweepWish.init(site:over:layers:positions:heads:neurons:))

    static func field() -> Field<SweepWish> { Field("sweep", form, "What is changed, cell by cell.") }

    static func optionalField() -> Field<SweepWish?> {
        Field(optional: "sweep", form, "What is changed, cell by cell; unless there is a path.")
    }

    /// The flags under which the hook exists.
    var flags: FlagOverrides { FlagOverrides(useAttnResult: site == .result ? true : nil) }

    static let indices = Form<[Int]>.list(of: .integer, count: 1...65_536)

    /// - Throws: 400 for what the model does not have; 413 for too many cells.
    func resolve(for architecture: Architecture, at place: JSONPointer = JSONPointer()["sweep"]) throws -> Sweep {
        var chosen: [SweepAxis: [Int]] = [:]
        chosen[.layer] = layers
        chosen[.position] = try indices(of: architecture, place)
        chosen[.head] = heads
        chosen[.neuron] = neurons
        let sweep: Sweep
        do throws(Sweep.Failure) {
            sweep = try Sweep(site, over: over, chosen: chosen, of: architecture)
        } catch {
            throw error.fieldError(at: place)
        }
        guard sweep.count <= Self.maximumCells else {
            throw Problem(
                .contentTooLarge, "The sweep has \(sweep.count) cells, more than \(Self.maximumCells).",
                members: Problem.limit("cells", Self.maximumCells))
        }
        return sweep
    }

    private func indices(of architecture: Architecture, _ place: JSONPointer) throws(FieldError) -> [Int]? {
        switch positions {
        case .all: return nil
        case .indices(let indices): return indices
        case .patches: return Array(architecture.prefixTokens..<architecture.positions)
        case .cls:
            guard architecture.hasClassToken else {
                throw FieldError(.pointer(place["positions"]), "the model has no class token")
            }
            return [0]
        }
    }
}

extension Sweep.Failure {
    /// - Parameter names: of the fields that choose along axes, where they are not the axes' plurals.
    func fieldError(at place: JSONPointer, names: [SweepAxis: String] = [:]) -> FieldError {
        let field = { (axis: SweepAxis) in place[names[axis] ?? axis.rawValue + "s"] }
        return switch self {
        case .noSuchSite(let site): FieldError(.pointer(place["hook"]), "the model has no \(site.rawValue)")
        case .noSuchAxis(let axis, let site):
            FieldError(
                .pointer(place["over"]),
                "\(site.rawValue) has no \(axis.rawValue); its axes are "
                    + site.axes.map(\.rawValue).joined(separator: ", "))
        case .axisTwice(let axis): FieldError(.pointer(place["over"]), "\(axis.rawValue) is named twice")
        case .outOfRange(let axis, let index, let count):
            FieldError(.pointer(field(axis)), "\(index) is outside: the model has \(count)")
        case .repeated(let axis, let index): FieldError(.pointer(field(axis)), "\(index) is named twice")
        case .nothingToChoose(let axis, let site):
            FieldError(.pointer(field(axis)), "\(site.rawValue) has no such axis")
        }
    }
}
