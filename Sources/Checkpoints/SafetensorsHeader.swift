import TextNumbers

/// The header of a safetensors file (https://github.com/huggingface/safetensors), with every rule of the format checked:
///
///     8 bytes: length n of the header | n bytes of JSON | the tensors' bytes, in order, without gaps
///     {"__metadata__": {"key": "text"}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …}
struct SafetensorsHeader {
    /// The format's own limit on n.
    static let maximumLength = 100_000_000
    static let maximumRank = 64
    /// Values in the JSON: some 10 a tensor, so room for hundreds of thousands of tensors.
    static let maximumValues = 1 << 22
    static let maximumDepth = 8

    private(set) var entries: [TensorEntry] = []
    /// Where each entry's bytes lie, counted from the first byte after the header.
    private(set) var ranges: [Range<Int>] = []
    private(set) var metadata: [String: String] = [:]

    /// The length of the JSON, read from the first eight bytes of a file of `fileSize` bytes.
    static func length(prefix: [UInt8], fileSize: Int, file: String) throws(CheckpointError) -> Int {
        guard prefix.count == 8 else { throw CheckpointError(file, .tooShort(bytes: fileSize)) }
        let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(maximumLength) else {
            throw CheckpointError(file, .headerTooLong(length: length, limit: maximumLength))
        }
        guard Int(length) <= fileSize - 8 else {
            throw CheckpointError(file, .headerPastEnd(length: Int(length), available: fileSize - 8))
        }
        return Int(length)
    }

    /// - Parameters:
    ///   - json: the header's bytes.
    ///   - dataSize: how many bytes follow it.
    init(json: [UInt8], dataSize: Int, file: String) throws(CheckpointError) {
        let document: JSONValue
        do {
            document = try JSONValue.parse(
                json, maximumDepth: SafetensorsHeader.maximumDepth, maximumValues: SafetensorsHeader.maximumValues)
        } catch {
            throw CheckpointError(file, .notJSON(position: 8 + error.position, reason: error.reason))
        }
        guard let members = document.object else { throw CheckpointError(file, .notAnObject) }
        do throws(Refusal) {
            for member in members {
                if member.key == "__metadata__" {
                    metadata = try SafetensorsHeader.metadata(member.value)
                } else {
                    let (entry, range) = try SafetensorsHeader.entry(member, dataSize: dataSize)
                    entries.append(entry)
                    ranges.append(range)
                }
            }
            try sortByOffset(dataSize: dataSize)
        } catch {
            throw CheckpointError(file, error.reason)
        }
    }

    /// A reason, before the file's name is put to it.
    /// Where each tensor lies in the file, whose data begin at `start`.
    func ranges(from start: Int) -> [String: Range<Int>] {
        Dictionary(
            uniqueKeysWithValues: zip(entries, ranges).map { entry, range in
                (entry.name, (start + range.lowerBound)..<(start + range.upperBound))
            })
    }

    private struct Refusal: Error {
        var reason: CheckpointError.Reason
    }

    private static func metadata(_ value: JSONValue) throws(Refusal) -> [String: String] {
        guard let members = value.object else {
            throw Refusal(reason: .malformedEntry(tensor: "__metadata__", problem: "is not an object"))
        }
        var metadata: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else { throw Refusal(reason: .metadataNotText(key: member.key)) }
            metadata[member.key] = text
        }
        return metadata
    }

    private static func entry(_ member: JSONMember, dataSize: Int) throws(Refusal) -> (TensorEntry, Range<Int>) {
        let name = member.key
        func malformed(_ problem: String) -> Refusal {
            Refusal(reason: .malformedEntry(tensor: name, problem: problem))
        }
        guard let fields = member.value.object else { throw malformed("is not an object") }
        for field in fields where !["dtype", "shape", "data_offsets"].contains(field.key) {
            throw malformed("has the unknown field '\(field.key)'")
        }
        guard let datatype = member.value["dtype"]?.string else { throw malformed("needs a text 'dtype'") }
        guard let type = ElementType(rawValue: datatype) else {
            throw Refusal(reason: .unknownDatatype(tensor: name, datatype: datatype))
        }
        guard let shape = sizes(member.value["shape"]) else {
            throw malformed("needs a 'shape' of whole numbers that are not negative")
        }
        if shape.count > maximumRank {
            throw Refusal(reason: .rankTooHigh(tensor: name, rank: shape.count, limit: maximumRank))
        }
        guard let offsets = sizes(member.value["data_offsets"]), offsets.count == 2 else {
            throw malformed("needs 'data_offsets' of two whole numbers that are not negative")
        }
        let range = try range(offsets[0], offsets[1], of: name, dataSize: dataSize)
        guard let bytes = type.byteCount(shape: shape) else {
            throw Refusal(reason: .sizeOverflow(tensor: name, shape: shape))
        }
        if bytes != range.count {
            throw Refusal(reason: .sizeMismatch(tensor: name, expected: bytes, found: range.count))
        }
        return (TensorEntry(name: name, type: type, shape: shape), range)
    }

    private static func range(
        _ begin: Int, _ end: Int, of name: String, dataSize: Int
    ) throws(Refusal) -> Range<Int> {
        if begin > end { throw Refusal(reason: .offsetsReversed(tensor: name, begin: begin, end: end)) }
        if end > dataSize { throw Refusal(reason: .offsetsPastEnd(tensor: name, end: end, available: dataSize)) }
        return begin..<end
    }

    /// An array of whole numbers ≥ 0.
    private static func sizes(_ value: JSONValue?) -> [Int]? {
        guard let array = value?.array else { return nil }
        var sizes: [Int] = []
        for element in array {
            guard let size = element.int, size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }

    /// Puts the entries in the order of their bytes, and checks that these follow one another without gap or overlap.
    private mutating func sortByOffset(dataSize: Int) throws(Refusal) {
        let order = ranges.indices.sorted {
            (ranges[$0].lowerBound, ranges[$0].upperBound) < (ranges[$1].lowerBound, ranges[$1].upperBound)
        }
        entries = order.map { entries[$0] }
        ranges = order.map { ranges[$0] }
        var end = 0
        for (entry, range) in zip(entries, ranges) {
            if range.lowerBound > end {
                throw Refusal(reason: .hole(before: entry.name, bytes: range.lowerBound - end))
            }
            if range.lowerBound < end {
                throw Refusal(reason: .overlap(tensor: entry.name, bytes: end - range.lowerBound))
            }
            end = range.upperBound
        }
        if end < dataSize { throw Refusal(reason: .trailing(bytes: dataSize - end)) }
    }
}
