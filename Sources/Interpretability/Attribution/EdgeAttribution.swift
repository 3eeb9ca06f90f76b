public import HookedModels
public import Tensors

/// Attribution patching of edges (Syed et al. 2023, arXiv:2310.10348): what one component's change does to the metric by way
/// of another that reads it, to first order: (sender's change) · (gradient at what the receiver reads of the stream).
public struct EdgeAttribution: Sendable {
    /// What writes to the stream or reads from it.
    private struct Node: Sendable {
        let label: String
        let hook: String
        let head: Int?
        /// Its place in the order of computation: a sender reaches receivers behind it.
        let rank: Int
    }

    private let writers: [Node]
    private let readers: [Node]

    /// - Throws: ``StreamError/refused(_:about:)`` for blocks that normalise what their halves give before they add it.
    public init(of model: HookedModel) throws(StreamError) {
        let architecture = model.architecture
        guard architecture.block == .preNorm || architecture.normalization == .none else {
            throw .refused(
                "the model's blocks normalise what their halves give before they add it (BertBlock), so that a head passes "
                    + "nothing on by itself", about: .axis)
        }
        let start = HookPoint(architecture.hasPreNorm ? .lnPre : .fullEmbed)
        var writers = [Node(label: architecture.hasPreNorm ? "ln_pre" : "embed", hook: start.name, head: nil, rank: 0)]
        var readers: [Node] = []
        for layer in 0..<architecture.layers {
            let name = { (site: Site) in HookPoint(site, layer: layer).name }
            for head in 0..<architecture.heads {
                let label = "L\(layer)H\(head)"
                writers.append(Node(label: label, hook: name(.result), head: head, rank: 2 * layer + 1))
                readers.append(Node(label: label, hook: name(.attnIn), head: head, rank: 2 * layer + 1))
            }
            if architecture.isAttentionOnly { continue }
            writers.append(Node(label: "\(layer)_mlp", hook: name(.mlpOut), head: nil, rank: 2 * layer + 2))
            readers.append(Node(label: "\(layer)_mlp", hook: name(.mlpIn), head: nil, rank: 2 * layer + 2))
        }
        let last = HookPoint(.residPost, layer: architecture.layers - 1).name
        readers.append(Node(label: "output", hook: last, head: nil, rank: 2 * architecture.layers + 1))
        (self.writers, self.readers) = (writers, readers)
    }

    /// Flags without which the hooks do not exist.
    public static let flags: HookFlags = {
        var flags = HookFlags(useAttnResult: true, useHookMLPIn: true)
        flags.useAttnIn = true
        return flags
    }()

    /// Hooks whose change it needs: the embedding with all its tokens, each head, each MLP.
    public var activations: [String] { Self.unique(writers) }
    /// Hooks whose gradient it needs: what each head, each MLP and the output read.
    public var gradients: [String] { Self.unique(readers) }
    /// The first axis of the scores.
    public var senders: [String] { writers.map(\.label) }
    /// The second one.
    public var receivers: [String] { readers.map(\.label) }

    /// [sender, receiver]; zero where nothing can pass.
    /// - Parameters:
    ///   - differences: of each of ``activations`` the change, [...] without a first axis.
    ///   - gradients: of each of ``gradients``.
    public func scores(
        _ differences: [String: Tensor], _ gradients: [String: Tensor], on crew: Crew = .solo
    ) throws(StreamError) -> Tensor {
        let sent = try rows(writers, differences)
        let read = try rows(readers, gradients)
        var products = Tensor(repeating: 0, shape: [writers.count, readers.count])
        products.add(sent, times: read.permuted([1, 0]), on: crew)
        let columns = readers.count
        products.withMutableSpan { span in
            for index in span.indices where writers[index / columns].rank >= readers[index % columns].rank {
                span[index] = 0
            }
        }
        return products
    }

    /// [node, position · d_model].
    private func rows(_ nodes: [Node], _ tensors: [String: Tensor]) throws(StreamError) -> Tensor {
        var rows: [Tensor] = []
        for node in nodes {
            guard let tensor = tensors[node.hook] else { throw .missing(hook: node.hook) }
            let own = node.head.map { tensor.slice(axis: 1, $0..<($0 + 1)) } ?? tensor
            rows.append(own.reshaped([1, own.count]))
        }
        return Tensor.concatenated(rows)
    }

    private static func unique(_ nodes: [Node]) -> [String] {
        nodes.map(\.hook).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}
