internal import Tensors

/// What a forward pass carries along: who wants which activation of which rows, or changes it, and the threads to compute
/// on.
///
/// One probe serves one share of a batch, on one thread. Asking it costs an array look-up; a hook that nobody wants is
/// never materialised.
public struct Probe: ~Copyable {
    /// A request's rows within the share, and what it wants of them.
    struct Part {
        let rows: Range<Int>
        /// Which of the request's inputs the first row is.
        let firstInput: Int
        let plan: HookPlan
    }

    /// The threads that a product may be split over; the caller's alone where the batch is shared out already.
    let crew: Crew
    private let parts: [Part]
    private let layout: ProbeLayout
    /// Per point: which records of which part take it.
    private var takers: [[(part: Int, record: Int)]]
    /// Per point: which rewrites of which part change it, in the order in which they act.
    private var changers: [[(part: Int, rewrite: Int)]]
    /// Per part, per record.
    private var captured: [[Tensor?]]
    /// What is kept for gradients; `nil` in a pass that has none.
    private var tape: Tape?

    init(_ parts: [Part], layers: Int, crew: Crew, tape: Tape? = nil) {
        self.parts = parts
        self.crew = crew
        self.tape = tape
        layout = ProbeLayout(layers: layers)
        takers = Array(repeating: [], count: layout.count)
        changers = Array(repeating: [], count: layout.count)
        for (part, content) in parts.enumerated() {
            for (rewrite, change) in content.plan.rewrites.enumerated() {
                changers[layout.index(change.point.site, change.point.layer)].append((part, rewrite))
            }
            for (record, wish) in content.plan.records.enumerated() {
                takers[layout.index(wish.point.site, wish.point.layer)].append((part, record))
            }
        }
        captured = parts.map { Array(repeating: nil, count: $0.plan.records.count) }
    }

    /// Whether anyone wants or changes this activation; if not, the caller takes its fused path.
    func wants(_ site: Site, _ layer: Int? = nil) -> Bool {
        let index = layout.index(site, layer)
        return !takers[index].isEmpty || !changers[index].isEmpty || tape?.needs(site, layer) == true
    }

    /// Whether anyone changes this activation, so that what follows must be computed out of it.
    func changes(_ site: Site, _ layer: Int? = nil) -> Bool { !changers[layout.index(site, layer)].isEmpty }

    /// Whether any of several sites of a layer is wanted.
    func wantsAny(_ sites: [Site], _ layer: Int) -> Bool { sites.contains { wants($0, layer) } }

    /// Whether some request makes each head read its own copy of the stream, and wants to see it.
    func wantsHeadInputs(_ layer: Int) -> Bool {
        guard parts.contains(where: { $0.plan.flags.hasHeadInputs }) else { return false }
        return wantsAny([.attnIn, .qInput, .kInput, .vInput], layer)
            || (wantsAny([.ln1Scale, .ln1Normalized], layer) && parts.contains { $0.plan.flags.hasHeadInputs })
    }

    /// What was captured for a part, in the order of its plan's records.
    /// - Precondition: the pass has run; every record's point was visited.
    mutating func takeCaptured(of part: Int) -> [Tensor] {
        defer { captured[part] = [] }
        return zip(captured[part], parts[part].plan.records).map { tensor, record in
            guard let tensor else { preconditionFailure("\(record.point) was not visited") }
            return tensor
        }
    }

    /// Keeps what pooling gave for the gradients, where there are any.
    mutating func keepPooled(_ pooled: Tensor) { tape?.pooled = pooled }

    /// What was kept for gradients; afterwards the probe holds none of it.
    mutating func takeTape() -> Tape? {
        defer { tape = nil }
        return tape
    }

    /// Hands over an activation outside the blocks.
    mutating func visit(_ site: Site, _ activation: inout Tensor) { visit(site, nil, &activation) }

    /// Lets those who change an activation [rows of the share, ...] do so, then hands it to those who want it.
    mutating func visit(_ site: Site, _ layer: Int?, _ activation: inout Tensor) {
        let index = layout.index(site, layer)
        if !changers[index].isEmpty { tape?.keep(unchanged: activation, site, layer) }
        for changer in changers[index] {
            let part = parts[changer.part]
            part.plan.rewrites[changer.rewrite].apply(to: &activation, rows: part.rows, firstInput: part.firstInput)
        }
        tape?.keep(site, layer, activation)
        let takers = takers[index]
        guard !takers.isEmpty else { return }
        for taker in takers {
            let part = parts[taker.part]
            let selection = part.plan.records[taker.record].selection
            let isWhole = part.rows.count == activation.shape[0] && selection.isEverything
            // The whole activation is shared, not copied: whoever writes to it next gets a copy of its own.
            captured[taker.part][taker.record] =
                isWhole ? activation.contiguous() : selection(activation.rows(part.rows)).compacted()
        }
    }
}

/// Numbers the points of a model.
private struct ProbeLayout {
    private static let first = Site.residPre.index
    private static let perBlock = Site.residPost.index - Site.residPre.index + 1
    let layers: Int

    var count: Int { Site.allCases.count + layers * ProbeLayout.perBlock }

    /// The sites outside the blocks come first, then block after block.
    func index(_ site: Site, _ layer: Int?) -> Int {
        guard let layer else { return site.index }
        return Site.allCases.count + layer * ProbeLayout.perBlock + site.index - ProbeLayout.first
    }
}
