internal import TextNumbers
internal import Web

/// A class as a request names it: by its label or its number.
enum ClassName: Sendable {
    case index(Int)
    case label(String)

    /// What it was written as, unless as a number.
    var label: String? {
        guard case .label(let text) = self else { return nil }
        return text
    }

    static let form = Form<ClassName>.either(
        Form<Int>.integer(0...1_000_000).map { .index($0) }, Form<String>.string(length: 1...1_024).map { .label($0) })

    /// The class's number. A label is matched whole, then as one of several synonyms parted by commas, in either case.
    /// - Throws: The field's error, with the nearest labels or the several classes that are meant.
    func resolve(in model: any ClassNames, at place: JSONPointer = JSONPointer()["answer"]) throws(FieldError) -> Int {
        let count = model.classCount
        switch self {
        case .index(let index):
            guard index < count else {
                throw FieldError(.pointer(place), "there is no \(model.noun) \(index); the model has \(count)")
            }
            return index
        case .label(let text):
            let wanted = text.lowercased()
            let labels = (0..<count).map { model.label($0).lowercased() }
            let whole = labels.indices.filter { labels[$0] == wanted }
            let matches = whole.isEmpty ? labels.indices.filter { Self.synonyms(labels[$0]).contains(wanted) } : whole
            if let match = matches.first, matches.count == 1 { return match }
            if matches.isEmpty {
                let names = (0..<count).map { model.label($0) }
                let hint = Suggestions.sentence(for: text, in: names) ?? "GET /v1/models/… lists the labels"
                throw FieldError(.pointer(place), "no \(model.noun) is called '\(text)'; \(hint)")
            }
            throw FieldError(.pointer(place), "'\(text)' is the name of the classes \(matches); give the number")
        }
    }

    private static func synonyms(_ label: String) -> [String] {
        label.split(separator: ",").map { $0.drop { $0 == " " }.lowercased() }
    }
}
