/// Runs a pickle: a program of one-byte opcodes for a machine with a stack and a memo, which builds one value. This
/// machine knows a closed list of opcodes (``PickleOpcode``) and of names (``PickleGlobal``), and makes inert values.
///
/// Each opcode adds at most one object or one element, so the number of opcodes bounds all memory beyond the texts,
/// and those are no longer than the pickle.
struct PickleMachine {
    /// Some 50 opcodes a tensor.
    static let maximumSteps = 1 << 21
    static let maximumObjects = 1 << 20
    static let maximumMemo = 1 << 20
    /// Python's pickler sets at most 1000 keys at once; a tuple lies on the stack as a whole.
    static let maximumStack = 1 << 16
    static let maximumMarks = 1 << 10
    static let maximumProtocol = 5

    var reader: PickleReader
    var document = PickleDocument()
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    /// Runs the pickle that begins where `range` does, and says where it ends.
    static func run(_ source: ByteSource, in range: Range<Int>) throws(PickleError) -> (PickleDocument, end: Int) {
        var machine = PickleMachine(reader: PickleReader(source, in: range))
        for _ in 0..<maximumSteps {
            let position = machine.reader.position - range.lowerBound
            var opcode: PickleOpcode?
            do throws(PickleProblem) {
                let next = try PickleOpcode(try machine.reader.byte())
                opcode = next
                if next == .stop { return try machine.finish() }
                try machine.execute(next)
            } catch {
                throw PickleError(position: position, opcode: opcode?.name, problem: error)
            }
        }
        throw PickleError(
            position: machine.reader.position - range.lowerBound, opcode: nil,
            problem: .tooMany("opcodes", limit: maximumSteps))
    }

    private init(reader: PickleReader) { self.reader = reader }

    private mutating func finish() throws(PickleProblem) -> (PickleDocument, end: Int) {
        document.root = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw .leftOver(values: stack.count + 1) }
        return (document, reader.position)
    }

    private mutating func execute(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .proto, .frame: try readFraming(opcode)
        case .mark:
            if marks.count == PickleMachine.maximumMarks {
                throw .tooMany("open MARKs", limit: PickleMachine.maximumMarks)
            }
            marks.append(stack.count)
        case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: try push(try top)
        case .get, .binget, .longBinget: try recall(opcode)
        case .put, .binput, .longBinput, .memoize: try remember(opcode)
        case .emptyList, .list, .append, .appends, .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3, .emptyDict, .dict,
            .setitem, .setitems, .emptySet, .additems:
            try executeContainer(opcode)
        case .global, .stackGlobal, .reduce, .newobj, .build, .persid, .binpersid: try executeObject(opcode)
        case .stop: break
        default: try push(try readValue(opcode))
        }
    }

    private mutating func readFraming(_ opcode: PickleOpcode) throws(PickleProblem) {
        if opcode == .proto {
            let version = Int(try reader.byte())
            if version > PickleMachine.maximumProtocol { throw .unsupportedProtocol(version) }
        } else {
            let length = try reader.number(8)
            if length > UInt64(reader.available) {
                throw .cutOff(needed: Int(clamping: length), available: reader.available)
            }
        }
    }
}

// MARK: Stack and memo

extension PickleMachine {
    mutating func push(_ value: PickleValue) throws(PickleProblem) {
        if stack.count == PickleMachine.maximumStack {
            throw .tooMany("values on the stack", limit: PickleMachine.maximumStack)
        }
        stack.append(value)
    }

    /// Pushes a new object.
    mutating func push(_ object: PickleObject) throws(PickleProblem) {
        if document.objects.count == PickleMachine.maximumObjects {
            throw .tooMany("objects", limit: PickleMachine.maximumObjects)
        }
        try push(.object(document.objects.count))
        document.objects.append(object)
    }

    /// What lies below an open MARK is out of reach.
    mutating func pop() throws(PickleProblem) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw .emptyStack }
        return value
    }

    var top: PickleValue {
        get throws(PickleProblem) {
            guard stack.count > marks.last ?? 0, let value = stack.last else { throw .emptyStack }
            return value
        }
    }

    /// The values above the last MARK, which is closed.
    mutating func popToMark() throws(PickleProblem) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw .noMark }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func recall(_ opcode: PickleOpcode) throws(PickleProblem) {
        let index = try memoIndex(opcode)
        guard let value = memo[index] else { throw .notRemembered(index) }
        try push(value)
    }

    private mutating func remember(_ opcode: PickleOpcode) throws(PickleProblem) {
        let index = opcode == .memoize ? memo.count : try memoIndex(opcode)
        if memo.count == PickleMachine.maximumMemo {
            throw .tooMany("remembered values", limit: PickleMachine.maximumMemo)
        }
        memo[index] = try top
    }

    private mutating func memoIndex(_ opcode: PickleOpcode) throws(PickleProblem) -> Int {
        switch opcode {
        case .binget, .binput: return Int(try reader.byte())
        case .longBinget, .longBinput: return Int(try reader.number(4))
        default:
            let text = try reader.line()
            guard let index = Int(text), index >= 0 else { throw .malformedNumber(text) }
            return index
        }
    }
}
