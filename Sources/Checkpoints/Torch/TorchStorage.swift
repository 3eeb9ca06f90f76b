/// The memory that a tensor is a view of, as a pickle refers to it: the tuple
/// `("storage", type, key, device, count)`, and in the older format what part of that storage it is.
struct TorchStorage: Sendable, Equatable {
    /// Names the bytes: `data/KEY` in an archive, a number in the older format.
    let key: String
    /// Of the elements that ``count`` counts; bytes where the storage has no type.
    let type: ElementType
    /// Of the whole storage.
    let count: Int
    /// The elements that this one is a view of.
    let view: Range<Int>

    init(_ values: [PickleValue], _ document: PickleDocument) throws(PickleProblem) {
        guard values.count == 5 || values.count == 6, values[0] == .text("storage") else {
            throw .unexpected(
                found: values.first.map(document.kind) ?? "nothing",
                expected: "'storage' and its type, key, device and size")
        }
        switch values[1] {
        case .global(.storage(let type)): self.type = type
        case .global(.untypedStorage): type = .uint8
        default: throw .unexpected(found: document.kind(of: values[1]), expected: "a type of storage")
        }
        guard case .text(let key) = values[2], case .text = values[3], case .integer(let count) = values[4], count >= 0
        else {
            throw .unexpected(
                found: values[2...4].map(document.kind).joined(separator: ", "),
                expected: "a storage's key, device and size")
        }
        self.key = key
        self.count = count
        view = values.count == 6 ? try TorchStorage.view(values[5], of: count, document) : 0..<count
    }

    /// `None`, or `(key, offset, count)`.
    private static func view(
        _ value: PickleValue, of count: Int, _ document: PickleDocument
    ) throws(PickleProblem) -> Range<Int> {
        if value == .none { return 0..<count }
        guard case .tuple(let parts) = document.object(value), parts.count == 3, case .integer(let offset) = parts[1],
            case .integer(let size) = parts[2], offset >= 0, size >= 0, offset <= count, size <= count - offset
        else {
            throw .unexpected(found: document.kind(of: value), expected: "None, or a part of \(count) elements")
        }
        return offset..<(offset + size)
    }
}
