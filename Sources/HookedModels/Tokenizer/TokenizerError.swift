internal import Checkpoints

/// Why the files of a tokenizer do not make one. Describes itself in one sentence that names the file, never its folder.
public struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's name.
    public var file: String
    /// Counted from 1; `nil` where the whole file, or a token in it, is meant.
    public var line: Int?
    /// What is wrong, and what was expected.
    public var problem: String

    init(_ file: String, line: Int? = nil, _ problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    /// The same about a file that could not be read.
    init(_ error: CheckpointError) {
        self.init(error.file, error.reason.sentence)
    }

    /// One sentence.
    public var description: String { line.map { "\(file), line \($0): \(problem)" } ?? "\(file): \(problem)" }
}
