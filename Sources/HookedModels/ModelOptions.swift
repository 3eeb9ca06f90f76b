/// What whoever configures a model may say where its files do not tell.
public struct ModelOptions: Sendable, Equatable {
    /// The name it had on its hub: the conventions it is known for follow from it (`facebook/dino-vitb16`).
    public var hubName: String?
    /// One of ``FamilyCatalog/all``, instead of the one that recognises the checkpoint.
    public var family: String?
    /// How positions become the output.
    public var pooling: Architecture.Pooling?
    /// Optional hooks that exist unless a request says otherwise.
    public var flags: HookFlags
    /// One name a class, in order, in place of the checkpoint's own.
    public var labels: [String]?
    /// How weights are rewritten before they are used; as the checkpoint has them where empty.
    public var processing: Set<WeightTransform>

    /// Nothing is said: the checkpoint decides.
    public init(
        hubName: String? = nil, family: String? = nil, pooling: Architecture.Pooling? = nil,
        flags: HookFlags = HookFlags(), labels: [String]? = nil, processing: Set<WeightTransform> = []
    ) {
        self.hubName = hubName
        self.family = family
        self.pooling = pooling
        self.flags = flags
        self.labels = labels
        self.processing = processing
    }
}
