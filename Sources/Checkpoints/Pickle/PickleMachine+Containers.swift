extension PickleMachine {
    /// Lists, tuples, dictionaries and sets.
    mutating func executeContainer(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .emptyList: try push(.list([]))
        case .emptyTuple: try push(.tuple([]))
        case .emptyDict: try push(.dictionary(PickleDictionary()))
        case .emptySet: try push(.set([]))
        case .list: try push(.list(try popToMark()))
        case .tuple: try push(.tuple(try popToMark()))
        case .tuple1: try pushTuple(of: 1)
        case .tuple2: try pushTuple(of: 2)
        case .tuple3: try pushTuple(of: 3)
        case .append: try append([try pop()])
        case .appends: try append(try popToMark())
        case .additems: try insert(try popToMark())
        case .dict:
            let pairs = try popToMark()
            try push(.dictionary(PickleDictionary()))
            try set(pairs)
        case .setitem:
            let value = try pop()
            try set([try pop(), value])
        case .setitems: try set(try popToMark())
        default: preconditionFailure("\(opcode.name) makes no container")
        }
    }

    private mutating func pushTuple(of count: Int) throws(PickleProblem) {
        var elements: [PickleValue] = []
        for _ in 0..<count { elements.append(try pop()) }
        try push(.tuple(elements.reversed()))
    }

    private mutating func append(_ values: [PickleValue]) throws(PickleProblem) {
        let list = try top
        guard case .object(let index) = list, case .list(var elements) = document.objects[index] else {
            throw .unexpected(found: document.kind(of: list), expected: "a list")
        }
        document.objects[index] = .tuple([])  // lets go of the elements, so that they grow where they are
        elements += values
        document.objects[index] = .list(elements)
    }

    private mutating func insert(_ values: [PickleValue]) throws(PickleProblem) {
        let set = try top
        guard case .object(let index) = set, case .set(var elements) = document.objects[index] else {
            throw .unexpected(found: document.kind(of: set), expected: "a set")
        }
        document.objects[index] = .tuple([])
        elements += values
        document.objects[index] = .set(elements)
    }

    private mutating func set(_ pairs: [PickleValue]) throws(PickleProblem) {
        let target = try top
        guard case .object(let index) = target, case .dictionary(var dictionary) = document.objects[index] else {
            throw .unexpected(found: document.kind(of: target), expected: "a dictionary")
        }
        guard pairs.count.isMultiple(of: 2) else {
            throw .unexpected(found: "a key without a value", expected: "pairs of both")
        }
        for key in stride(from: 0, to: pairs.count, by: 2) {
            switch document.object(pairs[key]) {
            case .list, .dictionary, .set:
                throw .unexpected(found: document.kind(of: pairs[key]), expected: "a key")
            default: break
            }
        }
        document.objects[index] = .tuple([])
        dictionary.keysAndValues += pairs
        document.objects[index] = .dictionary(dictionary)
    }
}
