/// `numpy.dtype` of a scalar beside the tensors, such as a learning rate or a step.
struct NumpyType: Sendable, Equatable {
    /// Kind and size: `f8`, `i4` …
    let code: String
    var isBigEndian = false

    init(_ arguments: PickleArguments) throws(PickleProblem) {
        try arguments.requireCount(1...3)
        code = try arguments.text(0)
    }

    /// The type after BUILD, whose second element is the order of bytes.
    func with(state: [PickleValue]) throws(PickleProblem) -> NumpyType {
        guard state.count >= 2, case .text(let order) = state[1], ["<", ">", "|", "="].contains(order) else {
            throw .unexpected(found: "another state of a numpy type", expected: "a version and an order of bytes")
        }
        var type = self
        type.isBigEndian = order == ">"
        return type
    }

    /// The number in `bytes`; `nil` where it is none, or does not fill them.
    func value(_ bytes: [UInt8]) -> PickleValue? {
        let bytes = isBigEndian ? bytes.reversed() : bytes
        guard let type = ElementType(numpyName: "<\(code)") ?? ElementType(numpyName: "|\(code)"),
            bytes.count == type.size
        else { return nil }
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch type {
        case .bool: return .bool(bits != 0)
        case .int64, .int32, .int16, .int8:
            let unused = UInt64(64 - 8 * type.size)
            return .integer(Int(Int64(bitPattern: bits << unused) >> Int64(unused)))
        case .uint64, .uint32, .uint16, .uint8:
            return Int(exactly: bits).map { .integer($0) } ?? .float(Double(bits))
        default:
            var number = 0.0
            ElementConversion.forEach(bytes.span, type) { number = $0 }
            return .float(number)
        }
    }
}
