internal import TextNumbers
internal import Web

/// A list of layers or heads as a request writes it: numbers, negative ones from the end, or all.
struct IndexList: Sendable {
    private let indices: [Int]?
    private let field: String
    private let noun: String
    private var isParameter = false

    static func layers() -> Field<IndexList> {
        make("layers", "layer", "Which layers; negative ones count from the end.")
    }

    static func heads() -> Field<IndexList> { make("heads", "head", "Which heads; negative ones count from the end.") }

    /// The same in a query: `layers=0,2,-1`.
    static func parameter(_ field: String, of noun: String) -> Field<IndexList> {
        Field(
            field,
            Form<[Int]>.list(of: .integer, count: 0...4_096).map {
                IndexList(indices: $0.isEmpty ? nil : $0, field: field, noun: noun, isParameter: true)
            }, default: .list([]),
            "Which \(field), separated by commas; negative ones count from the end. All unless given.")
    }

    private static func make(_ field: String, _ noun: String, _ summary: String) -> Field<IndexList> {
        Field(
            field,
            Form<[Int]>.list(of: .integer, count: 1...4_096).nullable.map {
                IndexList(indices: $0, field: field, noun: noun)
            }, default: .null, summary + " All unless given.")
    }

    /// The numbers from 0 on.
    /// - Throws: The field's error where one is out of range.
    func resolve(count: Int) throws(FieldError) -> [Int] {
        guard let indices else { return Array(0..<count) }
        var resolved: [Int] = []
        for (place, index) in indices.enumerated() {
            guard index >= -count, index < count else {
                throw FieldError(
                    isParameter ? .parameter(field) : .pointer(JSONPointer()[field][place]),
                    "there is no \(noun) \(index): expected 0 … \(count - 1), or −\(count) … −1 from the end")
            }
            resolved.append(index < 0 ? index + count : index)
        }
        return resolved
    }
}
