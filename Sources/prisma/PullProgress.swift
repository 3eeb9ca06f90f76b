import Foundation
import Hub
import Synchronization

/// Shows on standard error how far a model has come: a bar on a terminal, a line a file elsewhere.
final class PullProgress: Sendable {
    private struct State {
        var file = ""
        var size: Int?
        /// As it was last drawn.
        var line = ""
    }

    private let isTerminal: Bool
    private let state = Mutex(State())

    init(isTerminal: Bool = isatty(FileHandle.standardError.fileDescriptor) == 1) { self.isTerminal = isTerminal }

    func show(_ event: PullEvent) {
        state.withLock { state in
            switch event {
            case .started(let file, let size, let have):
                (state.file, state.size) = (file, size)
                let from = have > 0 ? ", going on from \(ModelsCommand.grouped(have))" : ""
                let bytes = size.map { "\(ModelsCommand.grouped($0)) bytes" } ?? "size unknown"
                if isTerminal { draw(have, &state) } else { say("\(file): \(bytes)\(from)", &state) }
            case .progress(_, let have): if isTerminal { draw(have, &state) }
            case .finished(let file): say("\(file): complete and verified", &state)
            case .present(let file): say("\(file): in the cache", &state)
            case .note(let text): say(text, &state)
            }
        }
    }

    /// Leaves the terminal on a line of its own.
    func end() { state.withLock { clear(&$0) } }

    private func say(_ text: String, _ state: inout State) {
        clear(&state)
        write(text + "\n")
    }

    private func draw(_ have: Int, _ state: inout State) {
        let line = Self.bar(state.file, have: have, of: state.size)
        if line == state.line { return }
        state.line = line
        write("\r\u{1B}[K" + line)
    }

    private func clear(_ state: inout State) {
        if !state.line.isEmpty { write("\r\u{1B}[K") }
        state.line = ""
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    /// One line: a percentage with twenty cells, and megabytes.
    static func bar(_ file: String, have: Int, of size: Int?) -> String {
        let megabytes = { (bytes: Int) in String(format: "%.1f", Double(bytes) / 1e6) }
        guard let size, size > 0 else { return "\(file)  \(megabytes(have)) MB" }
        let part = min(Double(have) / Double(size), 1)
        let cells = Int(part * 20)
        let bar = String(repeating: "█", count: cells) + String(repeating: "░", count: 20 - cells)
        return "\(file)  \(bar) \(Int(part * 100)) %  \(megabytes(have)) of \(megabytes(size)) MB"
    }
}
