internal import HookedModels
internal import Scheduling
internal import Synchronization
internal import Tensors
internal import Web

/// Connections as the transport counts them.
public struct ConnectionFigures: Sendable {
    /// Open now.
    public var open: Int
    /// Taken since the start.
    public var accepted: Int
    /// Turned away because as many as may be were open.
    public var refused: Int

    /// Makes them of their parts.
    public init(open: Int, accepted: Int, refused: Int) {
        self.open = open
        self.accepted = accepted
        self.refused = refused
    }
}

/// Everything that `GET /metrics` tells.
final class ServiceMetrics: Sendable {
    let requests = RequestMetrics()
    private let connections = Mutex<(@Sendable () -> ConnectionFigures?)?>(nil)

    /// Who counts connections: it exists only when the service does.
    func countConnections(_ count: @escaping @Sendable () -> ConnectionFigures?) {
        connections.withLock { $0 = count }
    }

    func text(_ models: ModelRegistry, _ work: SchedulerMetrics, _ caches: CacheStore) -> String {
        var text = MetricsText()
        text.family("prisma_build_info", .gauge, "What runs here; the value is always 1.")
        text.sample(
            "prisma_build_info",
            [
                "version": ServerVersion.number, "kernels": "\(KernelChoice.current)",
                "blas": "OpenBLAS \(ComputeDescription.openBLASCore)", "threads": "\(Threads.available)",
            ], 1)
        requests.write(to: &text)
        if let figures = connections.withLock({ $0 })?() { Self.write(figures, to: &text) }
        Self.write(work, to: &text)
        Self.write(models, to: &text)
        Self.write(caches, to: &text)
        ProcessFigures.current.write(to: &text)
        return text.text
    }

    private static func write(_ figures: ConnectionFigures, to text: inout MetricsText) {
        text.single("prisma_connections_open", .gauge, "Connections open now.", figures.open)
        text.single("prisma_connections_accepted_total", .counter, "Connections taken.", figures.accepted)
        text.single(
            "prisma_connections_refused_total", .counter, "Connections turned away: as many as may be were open.",
            figures.refused)
    }

    /// The compute lane's: a piece of work is one request's forward pass, or one chunk of it.
    private static func write(_ work: SchedulerMetrics, to text: inout MetricsText) {
        text.single("prisma_queue_depth", .gauge, "Pieces of work that wait for the compute lane.", work.depth)
        text.single("prisma_queue_running", .gauge, "Pieces of work in the batch that runs.", work.running)
        let counters: [(String, String, Int)] = [
            ("submitted", "Pieces of work taken into the queue.", work.submitted),
            ("completed", "Pieces of work computed and answered.", work.completed),
            ("failed", "Pieces of work among them that failed.", work.failed),
            ("refused", "Pieces of work refused: the queue was full, or the server stops.", work.refused),
            ("expired", "Pieces of work whose deadline passed.", work.expired),
            ("cancelled", "Pieces of work whose client went away.", work.cancelled),
        ]
        for (name, help, value) in counters { text.single("prisma_work_\(name)_total", .counter, help, value) }
        text.single(
            "prisma_compute_seconds_total", .counter, "Seconds that the compute lane computed.", work.computeSeconds)
        text.single(
            "prisma_queue_seconds_total", .counter, "Seconds that computed work had waited, added up.",
            work.queueSeconds)
        text.family("prisma_batch_rows", .histogram, "Inputs of a batch.")
        text.histogram(
            "prisma_batch_rows", bounds: work.batchRows.indices.map { Double(1 << $0) }, counts: work.batchRows,
            sum: Double(work.rows), count: work.batches)
    }

    private static func write(_ caches: CacheStore, to text: inout MetricsText) {
        let figures = caches.figures
        text.single("prisma_caches", .gauge, "Stored caches of activations.", figures.count)
        text.single("prisma_cache_bytes", .gauge, "Memory that stored caches take.", figures.bytes)
        text.single("prisma_cache_limit_bytes", .gauge, "Memory that stored caches may take.", caches.limit)
        text.single(
            "prisma_caches_evicted_total", .counter, "Stored caches that made room for others.", figures.evicted)
    }

    private static func write(_ models: ModelRegistry, to text: inout MetricsText) {
        let states = models.ids.compactMap { models.state(of: $0)?.name }
        text.family("prisma_models", .gauge, "Configured models by their state.")
        for name in ModelState.names {
            text.sample("prisma_models", ["state": name], states.count { $0 == name })
        }
        text.family("prisma_model_bytes", .gauge, "Memory that the weights of a loaded model take.")
        for model in models.loaded { text.sample("prisma_model_bytes", ["model": model.id], model.weightBytes) }
        text.single(
            "prisma_model_memory_limit_bytes", .gauge, "Memory that the weights of all models may take.",
            models.memoryLimit)
    }
}
