public import Logging
internal import Scheduling
public import Web

/// Everything behind the socket: the models, the compute lane, and the endpoints that use them.
public struct PrismaService: Sendable {
    /// The configured models.
    public let models: ModelRegistry
    let limits: ServiceLimits
    let webLimits: WebLimits
    /// What HTTP itself bounds, for `GET /v1/limits`: names and values.
    let transportLimits: [(name: String, value: Int)]
    let lane: ComputeLane
    let pool: BlockingPool
    let metrics = ServiceMetrics()
    let classifiers = ClassifierStore()
    let caches: CacheStore

    /// - Parameter transportLimits: what the layer below bounds, to be shown beside the limits of this one.
    public init(
        models: [ModelSource], limits: ServiceLimits = ServiceLimits(), webLimits: WebLimits = WebLimits(),
        transportLimits: [(name: String, value: Int)] = [], log: Logger
    ) {
        self.models = ModelRegistry(models, memoryLimit: limits.modelMemory, log: log)
        self.limits = limits
        self.webLimits = webLimits
        self.transportLimits = transportLimits
        lane = ComputeLane(limits)
        caches = CacheStore(limit: limits.cacheBytes, lifetime: limits.cacheLifetime)
        pool = BlockingPool(name: "prisma.pool", threads: 2)
    }

    /// The interface over these models.
    /// - Parameter publicFolder: what is served where no endpoint is; nothing where absent.
    public func application(publicFolder: String?, log: Logger) -> HTTPApplication {
        HTTPApplication(
            Catalog.all.map { $0(self) },
            info: OpenAPIDocument.Info(
                title: "Prisma server", version: ServerVersion.number,
                summary: "Looks inside vision transformers: predictions, and every activation on the way."),
            files: publicFolder.map { StaticFiles(root: $0) }, limits: webLimits, workers: pool, log: log,
            observe: metrics.requests.observe)
    }

    /// Who counts connections, for `GET /metrics`; `nil` once nobody does.
    public func countConnections(_ count: @escaping @Sendable () -> ConnectionFigures?) {
        metrics.countConnections(count)
    }

    /// Takes no new work and returns when all that was accepted has been computed.
    public func drain() async { await lane.drain() }

    var inputs: InputReader { InputReader(limits: limits, pool: pool) }
}
