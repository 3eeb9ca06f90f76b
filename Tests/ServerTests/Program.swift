import Dispatch
import Foundation
import ServiceTesting

/// The program itself, as a process of its own, which it stays until it ends by itself or by a signal.
///
/// `@unchecked Sendable` because: all but `kill`, which is one system call, is done on `queue`, one after the other.
final class Program: @unchecked Sendable {
    /// How a program ended, and what it had to say.
    struct End: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private let queue = DispatchQueue(label: "tests.program")
    private var seen = ""

    /// Where it was built: beside the tests.
    static let path: URL? = CommandLine.arguments
        .map { URL(filePath: $0).deletingLastPathComponent().appending(path: "prisma") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    /// Starts it.
    /// - Parameters:
    ///   - input: a file that it reads as its standard input.
    ///   - other: another program, which starts it.
    init(_ arguments: [String], input: URL? = nil, of other: URL? = nil) throws {
        process.executableURL = other ?? Program.path
        process.arguments = arguments
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit { kill(SIGKILL) }

    /// Of the process.
    var id: Int32 { process.processIdentifier }

    func kill(_ signal: Int32) { if process.isRunning { _ = Foundation.kill(id, signal) } }

    /// What it says on standard error up to the first line with `text`; all of it where there is none.
    func says(_ text: String) async -> String {
        await run {
            while !self.seen.contains(text) || !self.seen.hasSuffix("\n") {
                let data = self.errors.fileHandleForReading.availableData
                if data.isEmpty { break }
                self.seen += String(decoding: data, as: UTF8.self)
            }
            return self.seen
        }
    }

    /// Waits for its end.
    func end() async -> End {
        await run {
            self.seen += String(decoding: self.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let text = String(decoding: self.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            self.process.waitUntilExit()
            return End(status: self.process.terminationStatus, output: text, errors: self.seen)
        }
    }

    /// Runs it from start to end.
    static func run(_ arguments: String...) async throws -> End { await (try Program(arguments)).end() }

    /// Memory that the process holds, in bytes.
    func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    private func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) } }
    }
}

/// `prisma serve` in a process of its own, with a tiny model.
struct ServingProgram: Sendable {
    let program: Program
    let port: Int
    private let folder: TemporaryFolder

    init(_ model: TinyModel = TinyModel()) async throws {
        folder = try TemporaryFolder()
        _ = try model.checkpoint.write(to: folder, named: "vit")
        let file = try folder.write(Array("models: [{id: vit, path: vit}]\n".utf8), to: "prisma.yaml")
        program = try Program(["serve", "--config", file.path, "--port", "0"])
        let line = await program.says("listening on http://127.0.0.1:")
        let digits = line.components(separatedBy: "127.0.0.1:").last?.prefix { $0.isNumber } ?? ""
        guard let port = Int(digits) else { throw RawSocket.Failure(description: "it does not listen: \(line)") }
        self.port = port
    }

    func client() throws -> RawClient { try RawClient(port: port) }

    /// Asks until the model is there; each answer is waited for, so this neither sleeps nor spins.
    func untilReady() async throws {
        let client = try client()
        while try await client.request("GET", "/readyz").status != 200 {}
    }
}
