extension PickleMachine {
    /// The value that an opcode carries in its own bytes.
    mutating func readValue(_ opcode: PickleOpcode) throws(PickleProblem) -> PickleValue {
        switch opcode {
        case .none: .none
        case .newtrue: .bool(true)
        case .newfalse: .bool(false)
        case .int: try readDecimal()
        case .binint: .integer(Int(Int32(truncatingIfNeeded: try reader.number(4))))
        case .binint1: .integer(Int(try reader.byte()))
        case .binint2: .integer(Int(try reader.number(2)))
        case .long1: PickleMachine.integer(try reader.prefixed(1))
        case .long4: PickleMachine.integer(try reader.bytes(try signedLength()))
        case .float: try readFloat()
        case .binfloat: .float(Double(bitPattern: try reader.number(8).byteSwapped))
        case .string: try PickleText.quoted(try reader.line())
        case .binstring: PickleText.ofPython2(try reader.bytes(try signedLength()))
        case .shortBinstring: PickleText.ofPython2(try reader.prefixed(1))
        case .binunicode: try PickleText.unicode(try reader.prefixed(4))
        case .shortBinunicode: try PickleText.unicode(try reader.prefixed(1))
        case .binunicode8: try PickleText.unicode(try reader.prefixed(8))
        case .binbytes: .bytes(try reader.prefixed(4))
        case .shortBinbytes: .bytes(try reader.prefixed(1))
        case .binbytes8: .bytes(try reader.prefixed(8))
        default: preconditionFailure("\(opcode.name) carries no value")
        }
    }

    private mutating func signedLength() throws(PickleProblem) -> Int {
        Int(Int32(truncatingIfNeeded: try reader.number(4)))
    }

    /// Protocol 0 writes bools as `00` and `01`.
    private mutating func readDecimal() throws(PickleProblem) -> PickleValue {
        let text = try reader.line()
        if text == "00" || text == "01" { return .bool(text == "01") }
        guard let number = Int(text) else { throw .malformedNumber(text) }
        return .integer(number)
    }

    private mutating func readFloat() throws(PickleProblem) -> PickleValue {
        let text = try reader.line()
        guard let number = Double(text) else { throw .malformedNumber(text) }
        return .float(number)
    }

    /// Two's complement, little-endian; no bytes are zero.
    private static func integer(_ bytes: [UInt8]) -> PickleValue {
        guard let last = bytes.last else { return .integer(0) }
        let sign: UInt8 = last & 0x80 == 0 ? 0 : 0xFF
        guard bytes.dropFirst(8).allSatisfy({ $0 == sign }), bytes.count <= 8 || (bytes[7] ^ sign) & 0x80 == 0 else {
            return .largeInteger(bytes)
        }
        var bits: UInt64 = sign == 0 ? 0 : .max
        for (index, byte) in bytes.prefix(8).enumerated() {
            let shift = 8 * UInt64(index)
            bits = bits & ~(0xFF << shift) | UInt64(byte) << shift
        }
        return .integer(Int(Int64(bitPattern: bits)))
    }
}
