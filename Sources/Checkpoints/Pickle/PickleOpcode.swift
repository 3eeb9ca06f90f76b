/// The opcodes that are read: those with which Python's pickler writes data, in protocols 0 to 5. What makes other
/// objects, or shares memory with another process, is not among them.
///
/// Source: CPython's `Lib/pickletools.py`, whose names these are.
enum PickleOpcode: UInt8, CaseIterable, Sendable {
    // Framing and the stack.
    case proto = 0x80
    case frame = 0x95
    case stop = 0x2E
    case mark = 0x28
    case pop = 0x30
    case popMark = 0x31
    case dup = 0x32
    // Values.
    case none = 0x4E
    case newtrue = 0x88
    case newfalse = 0x89
    case int = 0x49
    case binint = 0x4A
    case binint1 = 0x4B
    case binint2 = 0x4D
    case long1 = 0x8A
    case long4 = 0x8B
    case float = 0x46
    case binfloat = 0x47
    case string = 0x53
    case binstring = 0x54
    case shortBinstring = 0x55
    case binunicode = 0x58
    case shortBinunicode = 0x8C
    case binunicode8 = 0x8D
    case binbytes = 0x42
    case shortBinbytes = 0x43
    case binbytes8 = 0x8E
    // Containers.
    case emptyList = 0x5D
    case list = 0x6C
    case append = 0x61
    case appends = 0x65
    case emptyTuple = 0x29
    case tuple = 0x74
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case emptyDict = 0x7D
    case dict = 0x64
    case setitem = 0x73
    case setitems = 0x75
    case emptySet = 0x8F
    case additems = 0x90
    // The memo.
    case get = 0x67
    case binget = 0x68
    case longBinget = 0x6A
    case put = 0x70
    case binput = 0x71
    case longBinput = 0x72
    case memoize = 0x94
    // Objects, of the closed list only.
    case global = 0x63
    case stackGlobal = 0x93
    case reduce = 0x52
    case newobj = 0x81
    case build = 0x62
    case persid = 0x50
    case binpersid = 0x51

    /// Opcodes that exist and are refused.
    static let refused: [UInt8: String] = [
        0x69: "INST", 0x6F: "OBJ", 0x4C: "LONG", 0x56: "UNICODE", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4",
        0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
    ]

    init(_ byte: UInt8) throws(PickleProblem) {
        if let opcode = PickleOpcode(rawValue: byte) {
            self = opcode
        } else if let name = PickleOpcode.refused[byte] {
            throw .refusedOpcode(name)
        } else {
            throw .unknownOpcode(byte)
        }
    }

    /// As Python calls it: `SHORT_BINUNICODE`.
    var name: String {
        String(describing: self).reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
    }
}
