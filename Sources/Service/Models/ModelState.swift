public import HookedModels
internal import Synchronization
internal import Tensors

/// Where a configured model stands.
public enum ModelState: Sendable {
    /// Waiting to be loaded, or being loaded.
    case loading
    /// In memory.
    case loaded(LoadedModel)
    /// Given up on a client's demand. It can be loaded again.
    case unloaded
    /// Not to be had, and why: a sentence without paths. It can be tried again.
    case failed(reason: String)

    /// As `/v1/models` calls it.
    public var name: String {
        switch self {
        case .loading: "loading"
        case .loaded: "loaded"
        case .unloaded: "unloaded"
        case .failed: "failed"
        }
    }

    /// Every name that a state may have.
    static let names = ["loaded", "loading", "unloaded", "failed"]
}

/// A model in memory with what identifies its weights. Requests hold the value while they run, so that unloading takes
/// nothing from them.
public struct LoadedModel: Sendable {
    /// Under which it is served.
    public let id: String
    /// The model itself.
    public let model: HookedModel
    /// The other side of a CLIP.
    let text: TextSide?
    /// Why a text tower that is there cannot be used.
    let textProblem: String?
    /// SHA-256 of the weights' files, once it is known.
    public let digest: DigestBox
    /// What the files were when they were read.
    let version: FileVersion
    /// What was made out of the weights alone.
    let circuits = CircuitStore()
    /// The same of the text tower.
    let textCircuits = CircuitStore()
    /// Tells this value from every other in the life of the program.
    let generation = generations.add(1, ordering: .relaxed).newValue
    private static let generations = Atomic(0)
    private let lease = Lease()

    init(
        id: String, model: HookedModel, text: TextSide? = nil, textProblem: String? = nil, version: FileVersion,
        digest: DigestBox = DigestBox()
    ) {
        self.id = id
        self.model = model
        self.text = text
        self.textProblem = textProblem
        self.version = version
        self.digest = digest
    }
}

/// Ends with the last copy of a model, wherever that was held: then the memory of its weights goes back to the system.
private final class Lease: Sendable {
    deinit { Task.detached { Memory.release() } }
}
