internal import Tensors
internal import TextNumbers
internal import Web

/// A tensor in JSON: `{"datatype": "FP32", "shape": [3, 64, 64], "data": [...]}` with the elements flat in row-major order,
/// or `"base64"` with their little-endian bytes in place of `data`; or plain nested lists.
enum TensorForm {
    /// The most elements a tensor may have: four bytes each.
    static let maximumElements = 1 << 28
    private static let maximumRank = 8

    /// Numbers never pass through `Codable`: they stay packed from the parser to the tensor.
    static let form = Form<Tensor>(schema) { value, place, errors in
        do throws(FieldError) {
            return try value.object == nil ? nested(value, place) : described(value, place)
        } catch {
            errors.append(error)
            return nil
        }
    }

    private static let schema: Schema = {
        let described = Schema.object(
            "Tensor", "Elements in row-major order: in `data`, or in `base64` as little-endian bytes.",
            properties: [
                .init("datatype", .choice(["FP32", "FP64"])), .init("shape", .list(.integer(0...maximumElements))),
                .init("data", .list(.number), isRequired: false), .init("base64", .string, isRequired: false),
            ])
        return .either(described, .list(.any))
    }()

    private static func described(_ value: JSONValue, _ place: JSONPointer) throws(FieldError) -> Tensor {
        let known = ["datatype", "shape", "data", "base64"]
        for member in value.object ?? [] where !known.contains(member.key) {
            let hint =
                Suggestions.sentence(for: member.key, in: known) ?? "a tensor has datatype, shape, data or base64"
            throw FieldError(.pointer(place[member.key]), "unknown field; \(hint)")
        }
        guard let datatype = value["datatype"]?.string, ["FP32", "FP64"].contains(datatype) else {
            throw FieldError(.pointer(place["datatype"]), "expected \"FP32\" or \"FP64\"")
        }
        let shape = try shape(value["shape"], place["shape"])
        let count = shape.reduce(1, *)
        switch (value["data"], value["base64"]) {
        case (let data?, nil):
            guard let numbers = data.doubles else {
                throw FieldError(.pointer(place["data"]), "expected a flat list of numbers, in row-major order")
            }
            return try tensor(shape, numbers, place["data"])
        case (nil, let text?):
            guard let text = text.string else { throw FieldError(.pointer(place["base64"]), "expected a text") }
            return try decode(text, datatype, shape, count, place["base64"])
        default: throw FieldError(.pointer(place), "expected exactly one of \"data\" and \"base64\"")
        }
    }

    private static func shape(_ value: JSONValue?, _ place: JSONPointer) throws(FieldError) -> [Int] {
        let extents = value?.doubles?.map { Int(exactly: $0) ?? -1 } ?? [-1]
        guard extents.count <= maximumRank, extents.allSatisfy({ $0 >= 0 }) else {
            throw FieldError(.pointer(place), "expected up to \(maximumRank) whole numbers, none below 0")
        }
        var count = 1
        for extent in extents {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow, product <= maximumElements else {
                throw FieldError(.pointer(place), "a tensor of \(extents) has more than \(maximumElements) elements")
            }
            count = product
        }
        return extents
    }

    private static func tensor(_ shape: [Int], _ numbers: [Double], _ place: JSONPointer) throws(FieldError) -> Tensor {
        let count = shape.reduce(1, *)
        guard numbers.count == count else {
            throw FieldError(
                .pointer(place), "\(numbers.count) numbers do not fill a shape of \(shape), which holds \(count)")
        }
        for (index, number) in numbers.enumerated() where abs(number) > Double(Float.greatestFiniteMagnitude) {
            throw FieldError(.pointer(place[index]), "\(number) does not fit a 32-bit float")
        }
        return Tensor(shape: shape) { target in
            for index in target.indices { target[index] = Float(numbers[index]) }
        }
    }

    private static func decode(
        _ text: String, _ datatype: String, _ shape: [Int], _ count: Int, _ place: JSONPointer
    ) throws(FieldError) -> Tensor {
        let bytes: [UInt8]
        do {
            bytes = try Base64.decode(text)
        } catch {
            throw FieldError(.pointer(place), "not base64: \(error.reason) at character \(error.position + 1)")
        }
        let width = datatype == "FP32" ? 4 : 8
        guard bytes.count == count * width else {
            throw FieldError(
                .pointer(place),
                "\(bytes.count) bytes do not fill \(shape) in \(datatype), which takes \(count * width)")
        }
        return Tensor(shape: shape) { target in
            for index in target.indices {
                let word = bytes[(index * width)..<((index + 1) * width)].reversed().reduce(UInt64(0)) {
                    $0 << 8 | UInt64($1)
                }
                target[index] = width == 4 ? Float(bitPattern: UInt32(word)) : Float(Double(bitPattern: word))
            }
        }
    }

    private static func nested(_ value: JSONValue, _ place: JSONPointer) throws(FieldError) -> Tensor {
        var shape: [Int] = []
        var level: JSONValue? = value
        while let current = level, let elements = current.array, shape.count <= maximumRank {
            shape.append(elements.count)
            level = current.doubles == nil ? elements.first : nil
        }
        guard !shape.isEmpty, shape.count <= maximumRank else {
            throw FieldError(
                .pointer(place), "expected a tensor: an object with datatype, shape and data, or nested lists")
        }
        var numbers: [Double] = []
        try collect(value, shape[...], place, into: &numbers)
        return try tensor(shape, numbers, place)
    }

    /// Walks nested lists, each as long as its neighbours.
    private static func collect(
        _ value: JSONValue, _ shape: ArraySlice<Int>, _ place: JSONPointer, into numbers: inout [Double]
    ) throws(FieldError) {
        guard let extent = shape.first else { throw FieldError(.pointer(place), "expected a number") }
        if shape.count == 1, let row = value.doubles, row.count == extent {
            numbers += row
            return
        }
        guard shape.count > 1, value.doubles?.isEmpty ?? true, let rows = value.array, rows.count == extent else {
            throw FieldError(
                .pointer(place),
                "expected a list of \(extent) \(shape.count > 1 ? "lists" : "numbers"), as its neighbours have")
        }
        for (index, row) in rows.enumerated() { try collect(row, shape.dropFirst(), place[index], into: &numbers) }
    }
}
