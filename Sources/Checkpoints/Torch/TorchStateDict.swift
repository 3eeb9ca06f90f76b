/// Finds the tensors in what was saved. A state dictionary may be the value on top, or lie under one of the names that
/// training loops give it, beside optimisers and settings; then those are not looked at. Dictionaries in dictionaries
/// give names with dots. A tensor that was saved alone is called ``nameOfSingle``.
struct TorchStateDict {
    /// In the order of preference. Each counts only where it is a dictionary that holds tensors.
    static let wrappers = ["model_state_dict", "state_dict", "model"]
    /// What PyTorch's parallel wrappers put before every name.
    static let parallelPrefix = "module."
    static let nameOfSingle = "tensor"
    static let maximumDepth = 16
    /// A dictionary can be referred to many times, so this bounds what is looked at and what is found.
    static let maximumMembers = 1 << 20
    static let maximumTensors = 1 << 16
    static let maximumNameBytes = 32 << 20

    /// Names are unique; the parallel prefix is removed where every name has it.
    private(set) var tensors: [(name: String, recipe: TorchTensorRecipe)] = []
    private let document: PickleDocument
    private let file: String
    private var members = 0
    private var nameBytes = 0

    init(_ document: PickleDocument, file: String) throws(CheckpointError) {
        self.document = document
        self.file = file
        if case .tensor(let recipe) = document.object(document.root) {
            tensors = [(TorchStateDict.nameOfSingle, recipe)]
            return
        }
        guard case .dictionary = document.object(document.root) else {
            let found = document.kind(of: document.root)
            throw CheckpointError(file, .notTorch(problem: "holds \(found), expected a dictionary of tensors"))
        }
        try collect(unwrapped(document.root), prefix: "", depth: 0)
        if tensors.isEmpty { throw CheckpointError(file, .notTorch(problem: "holds a dictionary without tensors")) }
        if tensors.allSatisfy({ $0.name.hasPrefix(TorchStateDict.parallelPrefix) }) {
            tensors = tensors.map { (String($0.name.dropFirst(TorchStateDict.parallelPrefix.count)), $0.recipe) }
        }
        try requireUniqueNames()
    }

    private func unwrapped(_ root: PickleValue) -> PickleValue {
        var value = root
        for _ in 0..<TorchStateDict.maximumDepth {
            let inner = TorchStateDict.wrappers.lazy.compactMap { document.member($0, of: value) }
                .first { holdsTensors($0) }
            guard let inner else { break }
            value = inner
        }
        return value
    }

    /// Whether a dictionary, or one below it, has a tensor.
    private func holdsTensors(_ value: PickleValue) -> Bool {
        var waiting = [value]
        var seen: Set<Int> = []
        while let next = waiting.popLast() {
            guard case .object(let index) = next, case .dictionary(let dictionary) = document.objects[index],
                seen.insert(index).inserted
            else { continue }
            for member in dictionary.keysAndValues {
                if case .tensor = document.object(member) { return true }
            }
            waiting += dictionary.keysAndValues
        }
        return false
    }

    private mutating func collect(_ value: PickleValue, prefix: String, depth: Int) throws(CheckpointError) {
        if depth == TorchStateDict.maximumDepth {
            throw CheckpointError(
                file, .notTorch(problem: "nests dictionaries deeper than \(TorchStateDict.maximumDepth)"))
        }
        for (key, value) in document.members(value) ?? [] {
            members += 1
            let object = document.object(value)
            switch object {
            case .tensor, .dictionary: break
            default: continue
            }
            let name = prefix + key.name
            nameBytes += name.utf8.count
            if members > TorchStateDict.maximumMembers || nameBytes > TorchStateDict.maximumNameBytes
                || tensors.count == TorchStateDict.maximumTensors
            {
                throw CheckpointError(file, .notTorch(problem: "holds more tensors, or longer names, than any model"))
            }
            if case .tensor(let recipe) = object {
                tensors.append((name, recipe))
            } else {
                try collect(value, prefix: name + ".", depth: depth + 1)
            }
        }
    }

    private func requireUniqueNames() throws(CheckpointError) {
        var names: Set<String> = []
        for (name, _) in tensors where !names.insert(name).inserted {
            throw CheckpointError(file, .malformedEntry(tensor: name, problem: "is there twice"))
        }
    }
}
