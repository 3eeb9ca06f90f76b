/// What a function of the closed list is called with.
struct PickleArguments {
    let values: [PickleValue]
    private let global: PickleGlobal
    private let document: PickleDocument

    init(_ global: PickleGlobal, _ values: [PickleValue], _ document: PickleDocument) {
        self.global = global
        self.values = values
        self.document = document
    }

    func requireCount(_ counts: ClosedRange<Int>) throws(PickleProblem) {
        guard counts.contains(values.count) else {
            let expected = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
            throw .wrongArguments(of: global.name, found: values.count, expected: expected)
        }
    }

    func integer(_ index: Int) throws(PickleProblem) -> Int {
        guard case .integer(let number) = values[index] else { throw unexpected(index, "a whole number") }
        return number
    }

    func text(_ index: Int) throws(PickleProblem) -> String {
        guard case .text(let text) = values[index] else { throw unexpected(index, "a text") }
        return text
    }

    /// Of a tuple or a list.
    func elements(_ index: Int) throws(PickleProblem) -> [PickleValue] {
        guard let elements = document.elements(values[index]) else { throw unexpected(index, "a tuple") }
        return elements
    }

    /// Of a tuple or a list of at most ``TorchTensorRecipe/maximumRank`` elements.
    func integers(_ index: Int) throws(PickleProblem) -> [Int] {
        let elements = try elements(index)
        if elements.count > TorchTensorRecipe.maximumRank {
            throw .tooMany("axes", limit: TorchTensorRecipe.maximumRank)
        }
        var integers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element else {
                throw .unexpected(found: document.kind(of: element), expected: "a whole number of 64 bits")
            }
            integers.append(number)
        }
        return integers
    }

    func storage(_ index: Int) throws(PickleProblem) -> TorchStorage {
        guard case .storage(let storage) = document.object(values[index]) else { throw unexpected(index, "a storage") }
        return storage
    }

    func tensor(_ index: Int) throws(PickleProblem) -> TorchTensorRecipe {
        guard case .tensor(let tensor) = document.object(values[index]) else { throw unexpected(index, "a tensor") }
        return tensor
    }

    func type(_ index: Int) throws(PickleProblem) -> ElementType {
        guard case .global(.type(let type)) = values[index] else { throw unexpected(index, "a type of elements") }
        return type
    }

    private func unexpected(_ index: Int, _ expected: String) -> PickleProblem {
        .unexpected(
            found: "\(document.kind(of: values[index])) as argument \(index + 1) of \(global.name)", expected: expected)
    }
}
