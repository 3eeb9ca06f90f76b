extension PickleMachine {
    /// Names of the closed list, and what they make of their arguments.
    mutating func executeObject(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .global:
            let module = try reader.line()
            try push(.global(try PickleGlobal(module: module, name: try reader.line())))
        case .stackGlobal:
            let name = try pop()
            let module = try pop()
            guard case .text(let name) = name, case .text(let module) = module else {
                throw .unexpected(
                    found: "\(document.kind(of: module)) and \(document.kind(of: name))",
                    expected: "a module and a name")
            }
            try push(.global(try PickleGlobal(module: module, name: name)))
        case .reduce:
            let arguments = try popTuple("the tuple of arguments")
            try push(try call(try popGlobal(), arguments))
        case .newobj:
            let arguments = try popTuple("the tuple of arguments")
            try push(try instance(try popGlobal(), arguments))
        case .build: try build(try pop())
        case .binpersid: try push(.storage(try TorchStorage(try popTuple("the tuple of a storage"), document)))
        case .persid:
            throw .unexpected(found: "the text \(try reader.line().shown)", expected: "the tuple of a storage")
        default: preconditionFailure("\(opcode.name) makes no object")
        }
    }

    private mutating func popTuple(_ expected: String) throws(PickleProblem) -> [PickleValue] {
        let value = try pop()
        guard case .tuple(let elements) = document.object(value) else {
            throw .unexpected(found: document.kind(of: value), expected: expected)
        }
        return elements
    }

    private mutating func popGlobal() throws(PickleProblem) -> PickleGlobal {
        let value = try pop()
        guard case .global(let global) = value else {
            throw .unexpected(found: document.kind(of: value), expected: "the name of a function or a type")
        }
        return global
    }

    /// What a call makes: a value as it is, or a new object.
    private enum Made {
        case value(PickleValue)
        case object(PickleObject)
    }

    private mutating func push(_ made: Made) throws(PickleProblem) {
        switch made {
        case .value(let value): try push(value)
        case .object(let object): try push(object)
        }
    }

    private func call(_ global: PickleGlobal, _ values: [PickleValue]) throws(PickleProblem) -> Made {
        let arguments = PickleArguments(global, values, document)
        switch global {
        case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3:
            return .object(.tensor(try TorchTensorRecipe(global, arguments)))
        case .rebuildParameter, .rebuildParameterWithState:
            try arguments.requireCount(global == .rebuildParameter ? 3...3 : 4...4)
            _ = try arguments.tensor(0)
            return .value(values[0])
        case .size:
            try arguments.requireCount(1...1)
            return .object(.tuple(try arguments.elements(0)))
        case .device:
            try arguments.requireCount(1...2)
            let index = values.count == 2 ? ":\(try arguments.integer(1))" : ""
            return .value(.text(try arguments.text(0) + index))
        case .orderedDict: return .object(.dictionary(try orderedDictionary(arguments)))
        case .numpyScalar: return try scalar(arguments)
        case .numpyType: return .object(.numpyType(try NumpyType(arguments)))
        case .numpyReconstruct:
            try arguments.requireCount(3...3)
            return .object(.numpyArray)
        case .encode: return .value(.bytes(try encoded(arguments)))
        case .record: return try instance(global, values)
        case .storage, .untypedStorage, .type, .numpyArray:
            throw .unexpected(found: "a call of \(global.name)", expected: "a function that builds a tensor")
        }
    }

    /// An instance without fields yet; BUILD brings them.
    private func instance(_ global: PickleGlobal, _ values: [PickleValue]) throws(PickleProblem) -> Made {
        guard case .record(let name) = global else {
            throw .unexpected(found: "an instance of \(global.name)", expected: "one of a configuration class")
        }
        try PickleArguments(global, values, document).requireCount(0...0)
        return .object(.record(name: name, fields: .none))
    }

    /// What `__setstate__` would get. Attributes of ordered dictionaries (`_metadata`) and contents of numpy's arrays are
    /// needed by nobody.
    private mutating func build(_ state: PickleValue) throws(PickleProblem) {
        let target = try top
        guard case .object(let index) = target else {
            throw .unexpected(found: document.kind(of: target), expected: "an object that has a state")
        }
        switch (document.objects[index], document.object(state)) {
        case (.dictionary(let dictionary), .dictionary) where dictionary.isOrdered: break
        case (.record(let name, .none), .dictionary):
            document.objects[index] = .record(name: name, fields: state)
        case (.numpyType(let type), .tuple(let elements)):
            document.objects[index] = .numpyType(try type.with(state: elements))
        case (.numpyArray, .tuple): break
        default:
            throw .unexpected(
                found: "\(document.kind(of: state)) as the state of \(document.kind(of: target))",
                expected: "the fields of an ordered dictionary, a configuration or a numpy value")
        }
    }

    private func orderedDictionary(_ arguments: PickleArguments) throws(PickleProblem) -> PickleDictionary {
        try arguments.requireCount(0...1)
        var dictionary = PickleDictionary(isOrdered: true)
        guard !arguments.values.isEmpty else { return dictionary }
        for pair in try arguments.elements(0) {
            guard let pair = document.elements(pair), pair.count == 2 else {
                throw .unexpected(found: document.kind(of: pair), expected: "a pair of key and value")
            }
            dictionary.keysAndValues += pair
        }
        return dictionary
    }

    private func scalar(_ arguments: PickleArguments) throws(PickleProblem) -> Made {
        try arguments.requireCount(2...2)
        guard case .numpyType(let type) = document.object(arguments.values[0]) else {
            throw .unexpected(found: document.kind(of: arguments.values[0]), expected: "a numpy type")
        }
        guard case .bytes(let bytes) = arguments.values[1], let value = type.value(bytes) else {
            return .object(.numpyArray)
        }
        return .value(value)
    }

    /// `_codecs.encode(text, "latin1")`: how protocol 2 writes bytes.
    private func encoded(_ arguments: PickleArguments) throws(PickleProblem) -> [UInt8] {
        try arguments.requireCount(2...2)
        guard try arguments.text(1) == "latin1" else {
            throw .unexpected(found: document.kind(of: arguments.values[1]), expected: "the text 'latin1'")
        }
        var bytes: [UInt8] = []
        for scalar in try arguments.text(0).unicodeScalars {
            guard scalar.value < 256 else { throw .malformedText("is not Latin-1") }
            bytes.append(UInt8(scalar.value))
        }
        return bytes
    }
}
