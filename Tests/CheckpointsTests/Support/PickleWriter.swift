@testable import Checkpoints

/// A pickle by hand, as PyTorch's pickler would write it, or as somebody would who means harm.
struct PickleWriter {
    private(set) var bytes: [UInt8]

    init(protocol version: UInt8 = 2, _ body: (inout PickleWriter) -> Void = { _ in }) {
        bytes = [PickleOpcode.proto.rawValue, version]
        body(&self)
    }

    /// What `body` writes, and STOP.
    static func pickle(_ body: (inout PickleWriter) -> Void) -> [UInt8] {
        PickleWriter { body(&$0) }.stopped
    }

    var stopped: [UInt8] { bytes + [PickleOpcode.stop.rawValue] }

    mutating func raw(_ more: [UInt8]) { bytes += more }
    mutating func op(_ opcodes: PickleOpcode...) { bytes += opcodes.map(\.rawValue) }
    mutating func op(_ opcode: PickleOpcode, _ operand: [UInt8]) { bytes += [opcode.rawValue] + operand }
    mutating func op(_ opcode: PickleOpcode, line: String) { op(opcode, Array(line.utf8) + [10]) }

    mutating func int(_ value: Int) {
        if let small = UInt8(exactly: value) {
            op(.binint1, [small])
        } else if let medium = Int32(exactly: value) {
            op(.binint, ZipFormat.number(Int(medium), 4))
        } else {
            op(.long1, [8] + ZipFormat.number(value, 8))
        }
    }

    mutating func text(_ value: String) {
        op(.binunicode, ZipFormat.number(value.utf8.count, 4) + Array(value.utf8))
    }

    mutating func global(_ module: String, _ name: String) { op(.global, Array("\(module)\n\(name)\n".utf8)) }

    mutating func tuple(_ body: (inout PickleWriter) -> Void) {
        op(.mark)
        body(&self)
        op(.tuple)
    }

    mutating func ints(_ values: [Int]) { tuple { tuple in values.forEach { tuple.int($0) } } }

    mutating func dict(_ body: (inout PickleWriter) -> Void) {
        op(.emptyDict, .mark)
        body(&self)
        op(.setitems)
    }

    /// A call of a function with a tuple of arguments.
    mutating func call(_ module: String, _ name: String, _ arguments: (inout PickleWriter) -> Void = { _ in }) {
        global(module, name)
        tuple(arguments)
        op(.reduce)
    }

    mutating func storage(
        _ type: (module: String, name: String) = ("torch", "FloatStorage"), key: String = "0", count: Int,
        _ more: (inout PickleWriter) -> Void = { _ in }
    ) {
        tuple {
            $0.text("storage")
            $0.global(type.module, type.name)
            $0.text(key)
            $0.text("cpu")
            $0.int(count)
            more(&$0)
        }
        op(.binpersid)
    }

    /// `_rebuild_tensor_v2` of a float32 storage.
    mutating func tensor(
        storage count: Int, key: String = "0", type: String = "FloatStorage", offset: Int = 0, _ shape: [Int],
        _ strides: [Int]
    ) {
        call("torch._utils", "_rebuild_tensor_v2") {
            $0.storage(("torch", type), key: key, count: count)
            $0.int(offset)
            $0.ints(shape)
            $0.ints(strides)
            $0.op(.newfalse)
            $0.call("collections", "OrderedDict")
        }
    }
}
