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
    /// In the order in which they act.
    let rewrites: [Rewrite]
    /// Which optional hooks exist.
    public let flags: HookFlags
    /// Blocks that are computed; `nil` for all, and the head.
    public let stopAtLayer: Int?

    /// Nothing is kept.
    public static let empty = HookPlan(records: [], rewrites: [], flags: HookFlags(), stopAtLayer: nil)

    /// The same captures, nothing changed.
    public var withoutInterventions: HookPlan {
        HookPlan(records: records, rewrites: [], flags: flags, stopAtLayer: stopAtLayer)
    }

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

/// Why a plan cannot be made.
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
        /// An index of a part that is changed stands twice.
        case repeatedIndex(field: String, index: Int)
        /// Numbers that do not fill the part, or that the hook's part cannot be repeated to.
        case valueShape(hook: String, [Int], expected: [Int])
        /// A direction needs the whole last axis.
        case directionWithFeatures
        case directionIsZero
        /// What is stored has no activations of the hook.
        case notStored(hook: String)
        case noSuchInput(Int, count: Int)
        /// The input that a value is taken from.
        case noSuchSource(Int, count: Int)
        /// A direction that is not as long as the hook is wide.
        case directionShape(hook: String, [Int], expected: [Int])
    }

    /// What is at fault.
    public enum Subject: Sendable, Equatable {
        /// How far the model runs.
        case stop
        /// One of the captures, and which of its hooks.
        case capture(Int, hook: Int?)
        case intervention(Int)
    }

    /// What is at fault.
    public let subject: Subject
    /// What is wrong there.
    public let reason: Reason
}

extension HookPlan {
    /// Compiles what a request wants of a model.
    /// - Parameters:
    ///   - interventions: what is changed on the way, in this order.
    ///   - stopAtLayer: as a Python slice bound, −layers … layers: 0 stops after the embedding.
    public init(
        _ captures: [CaptureRequest], interventions: [Intervention] = [], for architecture: Architecture,
        flags: HookFlags = HookFlags(),
        stopAtLayer: Int? = nil
    ) throws(HookPlanError) {
        var layers: Int?
        if let stop = stopAtLayer {
            guard (-architecture.layers...architecture.layers).contains(stop) else {
                throw HookPlanError(
                    subject: .stop, reason: .layerOutOfRange(stop, layers: architecture.layers))
            }
            layers = stop < 0 ? architecture.layers + stop : stop
        }
        let table = HookTable(architecture, flags: flags, layers: layers, stopsEarly: layers != nil)
        var chosen: [HookPoint: ResolvedSelection] = [:]
        for (index, capture) in captures.enumerated() {
            var resolver = SelectionResolver(
                capture.selection, of: .capture(index, hook: nil), architecture: architecture)
            var matched: [HookTable.Entry] = []
            for (place, hook) in capture.hooks.enumerated() {
                let failure = { reason in HookPlanError(subject: .capture(index, hook: place), reason: reason) }
                let entries = try table.matches(hook, architecture, flags, stopAtLayer, failure)
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
        var rewrites: [Rewrite] = []
        for (index, intervention) in interventions.enumerated() {
            let failure = { reason in HookPlanError(subject: .intervention(index), reason: reason) }
            let entries = try table.matches(intervention.hook, architecture, flags, stopAtLayer, failure)
            rewrites += try InterventionCompiler(intervention, number: index, architecture: architecture)
                .rewrites(entries)
        }
        self.rewrites = rewrites
        self.flags = flags
        self.stopAtLayer = layers
    }
}
