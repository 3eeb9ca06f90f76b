/// Why a configuration cannot be used: each mistake in a sentence, with the file and the place.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    let file: String
    let mistakes: [String]

    var description: String { mistakes.map { "\(file): \($0)" }.joined(separator: "\n") }
}
