import Testing

@testable import Checkpoints

struct PickleMachineTests {
    private func run(_ pickle: [UInt8]) throws(PickleError) -> PickleDocument {
        try PickleMachine.run(.memory(pickle), in: 0..<pickle.count).0
    }

    private func problem(_ pickle: [UInt8]) -> PickleProblem? {
        do throws(PickleError) {
            _ = try run(pickle)
            return nil
        } catch {
            return error.problem
        }
    }

    /// What takes something finds nothing.
    @Test(
        arguments: [
            PickleOpcode.stop, .pop, .dup, .append, .setitem, .tuple1, .tuple2, .tuple3, .reduce, .newobj, .build,
            .binpersid, .stackGlobal, .memoize,
        ])
    func anEmptyStackIsRefused(opcode: PickleOpcode) {
        #expect(problem([opcode.rawValue]) == .emptyStack)
        // A MARK protects what lies below it.
        #expect(
            problem([0x5D, 0x5D, 0x5D, 0x28, opcode.rawValue])
                == (opcode == .pop ? .cutOff(needed: 1, available: 0) : .emptyStack))
    }

    @Test(arguments: [PickleOpcode.appends, .setitems, .additems, .tuple, .list, .dict, .popMark])
    func aMissingMarkIsRefused(opcode: PickleOpcode) {
        #expect(problem([0x5D, opcode.rawValue]) == .noMark)
    }

    @Test(arguments: [PickleOpcode.append, .appends, .setitem, .setitems, .additems])
    func containersOfAnotherKindAreRefused(opcode: PickleOpcode) throws {
        let operands: [UInt8] = [.append, .appends, .additems].contains(opcode) ? [0x4E] : [0x4E, 0x4E]
        let mark: [UInt8] = [.appends, .setitems, .additems].contains(opcode) ? [0x28] : []
        for target: UInt8 in [0x4E, 0x29] {
            let found = try #require(problem([target] + mark + operands + [opcode.rawValue]))
            guard case .unexpected = found else {
                Issue.record("\(found)")
                continue
            }
        }
    }

    @Test(
        arguments: [
            [0x7D, 0x28, 0x4E, 0x75],  // an odd number of SETITEMS
            [0x28, 0x4E, 0x64],  // of DICT
            [0x7D, 0x5D, 0x4E, 0x73],  // a list as a key
            [0x7D, 0x7D, 0x4E, 0x73],  // a dictionary as a key
        ] as [[UInt8]])
    func dictionariesThatAreNoneAreRefused(pickle: [UInt8]) throws {
        guard case .unexpected = try #require(problem(pickle)) else {
            Issue.record("another refusal")
            return
        }
    }

    @Test(
        arguments: [
            ([0x80, 6], .unsupportedProtocol(6)), ([0x80, 255], .unsupportedProtocol(255)),
            ([0x95, 9, 0, 0, 0, 0, 0, 0, 0, 0x2E], .cutOff(needed: 9, available: 1)),
            ([0x95] + [UInt8](repeating: 255, count: 8), .cutOff(needed: .max, available: 0)),
            ([0x58, 5, 0, 0, 0, 97], .cutOff(needed: 5, available: 1)),
            ([0x58, 255, 255, 255, 255, 97], .cutOff(needed: 0xFFFF_FFFF, available: 1)),
            ([0x8D, 0, 0, 0, 0, 0, 0, 0, 0x40, 97], .cutOff(needed: 1 << 62, available: 1)),
            ([0x8D] + [UInt8](repeating: 255, count: 8), .cutOff(needed: .max, available: 0)),
            ([0x8E] + [UInt8](repeating: 255, count: 8), .cutOff(needed: .max, available: 0)),
            ([0x42, 255, 255, 255, 127], .cutOff(needed: 0x7FFF_FFFF, available: 0)),
            ([0x54, 255, 255, 255, 255], .negativeLength(-1)), ([0x8B, 251, 255, 255, 255], .negativeLength(-5)),
            ([0x8B, 255, 255, 255, 127], .cutOff(needed: 0x7FFF_FFFF, available: 0)),
            ([0x8A, 9, 1], .cutOff(needed: 9, available: 1)), ([0x55, 2, 97], .cutOff(needed: 2, available: 1)),
            ([0x8C, 2, 97], .cutOff(needed: 2, available: 1)), ([0x43, 1], .cutOff(needed: 1, available: 0)),
            ([0x4A, 1, 2], .cutOff(needed: 4, available: 2)), ([0x4D, 1], .cutOff(needed: 2, available: 1)),
            ([0x47, 1, 2, 3], .cutOff(needed: 8, available: 3)), ([0x68, 7], .notRemembered(7)),
            ([0x6A, 255, 255, 255, 255], .notRemembered(0xFFFF_FFFF)), ([0x67, 55, 10], .notRemembered(7)),
            ([0x67, 45, 49, 10], .malformedNumber("-1")), ([0x67, 10], .malformedNumber("")),
            ([0x70, 120, 10], .malformedNumber("x")), ([0x49, 49, 46, 10], .malformedNumber("1.")),
            ([0x49, 49], .cutOff(needed: 1, available: 0)), ([0x46, 120, 10], .malformedNumber("x")),
            ([0x8C, 1, 255], .malformedText("is not UTF-8")),
            ([0x8C, 3, 0xED, 0xA0, 0x80], .malformedText("is not UTF-8")),
            ([0x53, 97, 10], .malformedText("is not between quotes")),
            ([0x53, 39, 10], .malformedText("is not between quotes")),
            ([0x53, 39, 92, 113, 39, 10], .malformedText("has an escape that is not read")),
            ([0x53, 39, 92, 120, 49, 39, 10], .malformedText("has an escape that is not read")),
            ([0x63, 255, 10, 10], .malformedText("is not UTF-8")),
            ([0x4E, 0x4E, 0x2E], .leftOver(values: 2)), ([0x28, 0x4E, 0x2E], .leftOver(values: 1)),
            ([], .cutOff(needed: 1, available: 0)), ([0x80], .cutOff(needed: 1, available: 0)),
        ] as [([UInt8], PickleProblem)])
    func eachFaultIsNamed(pickle: [UInt8], expected: PickleProblem) {
        #expect(problem(pickle) == expected)
    }

    @Test func everyPrefixOfAGoodPickleIsRefused() {
        for count in 0..<TorchFiles.pickle.count {
            #expect(problem(Array(TorchFiles.pickle.prefix(count))) != nil)
        }
        #expect(problem(TorchFiles.pickle) == nil)
    }

    @Test func linesAreBounded() {
        let line = [UInt8](repeating: 97, count: PickleReader.maximumLine + 1)
        #expect(problem([0x63] + line) == .noLineEnd(limit: PickleReader.maximumLine))
    }

    // MARK: Limits

    @Test func theStackHasALimit() {
        let most = [UInt8](repeating: 0x4E, count: PickleMachine.maximumStack)
        #expect(problem([0x28] + most + [0x74, 0x2E]) == nil)
        #expect(problem([0x28] + most + [0x4E]) == .tooMany("values on the stack", limit: PickleMachine.maximumStack))
    }

    @Test func openMarksHaveALimit() {
        let most = [UInt8](repeating: 0x28, count: PickleMachine.maximumMarks)
        let closed = [UInt8](repeating: 0x74, count: PickleMachine.maximumMarks)
        #expect(problem(most + closed + [0x2E]) == nil)
        #expect(problem(most + [0x28]) == .tooMany("open MARKs", limit: PickleMachine.maximumMarks))
    }

    @Test func objectsHaveALimit() {
        let pairs = [[UInt8]](repeating: [0x5D, 0x30], count: PickleMachine.maximumObjects / 2).flatMap { $0 }
        // EMPTY_LIST POP makes one object in two steps, TUPLE1 one in one.
        let tuples = [UInt8](repeating: 0x85, count: PickleMachine.maximumObjects / 2 + 1)
        #expect(problem(pairs + [0x4E] + tuples) == .tooMany("objects", limit: PickleMachine.maximumObjects))
    }

    @Test func opcodesHaveALimit() {
        let steps =
            [UInt8](repeating: 0x4E, count: 1)
            + [[UInt8]](
                repeating: [0x32, 0x30], count: PickleMachine.maximumSteps / 2
            ).flatMap { $0 }
        #expect(problem(steps) == .tooMany("opcodes", limit: PickleMachine.maximumSteps))
    }

    @Test func nestingHasNoPrice() throws {
        // A tuple in a tuple …, half a million deep: made, read and let go without recursion.
        let depth = 500_000
        let document = try run([0x4E] + [UInt8](repeating: 0x85, count: depth) + [0x2E])
        #expect(document.objects.count == depth)
        #expect(throws: PickleDocument.JSONRefusal.self) { try document.json() }
    }

    @Test func aPickleEndsWhereItStops() throws {
        let two = [UInt8](TorchFiles.pickle + [0x4E, 0x2E])
        let (_, end) = try PickleMachine.run(.memory(two), in: 0..<two.count)
        #expect(end == TorchFiles.pickle.count)
        let (second, _) = try PickleMachine.run(.memory(two), in: end..<two.count)
        #expect(second.root == .none)
        let error = #expect(throws: CheckpointError.self) { try TorchFiles.open(TorchFiles.archive(two)) }
        #expect(
            error?.reason
                == .refusedPickle(PickleError(position: end, opcode: nil, problem: .trailing(bytes: 2))))
    }
}
