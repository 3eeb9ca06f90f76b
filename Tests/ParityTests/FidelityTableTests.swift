import Foundation
import HookedModels
import ServiceTesting
import Testing

/// The table of `Tests/Fixtures/FIDELITY.md`: how far each model is from float64, beside what float32 costs its own library.
/// `scripts/fixtures/fidelity` writes it.
@Suite struct FidelityTableTests {
    private struct Row {
        let name: String
        let verification: Verification

        /// Median and largest of our errors and of the library's float32 errors, as parts of each hook's largest value.
        var text: String {
            let hooks = verification.agreements.filter { $0.largest > 0 }
            let ours = hooks.map { $0.error / $0.largest }.sorted()
            let theirs = hooks.compactMap { hook in hook.float32Error.map { $0 / hook.largest } }.sorted()
            let worst = verification.worst
            let figures = [ours, theirs].flatMap { [$0.isEmpty ? .nan : $0[$0.count / 2], $0.last ?? .nan] }
            let cells =
                [name, String(hooks.count)] + figures.map { String(format: "%.1e", $0) }
                + ["`\(worst?.name ?? "")`", String(format: "%.2f", worst?.ratio ?? .nan)]
            return "| " + cells.joined(separator: " | ") + " |"
        }
    }

    private static func rows(_ models: [ReferenceModel], _ source: String) throws -> [Row] {
        try models.flatMap { reference in
            var rows: [Row] = []
            if let truth = try reference.activations() {
                let verification = try Verification(try reference.load(), against: truth)
                rows.append(Row(name: "\(reference)\(source)", verification: verification))
            }
            if let truth = try reference.activations(.texts), let model = try reference.loadText() {
                rows.append(
                    Row(name: "\(reference), text\(source)", verification: try Verification(model, against: truth)))
            }
            return rows
        }
    }

    @Test func theTableIsMadeOfModelsWithinTheTolerance() throws {
        let rows = try Self.rows(ReferenceModel.fixtures, "") + Self.rows(ReferenceModel.golden, " (golden)")
        for row in rows { #expect(row.verification.isWithin, "\(row.name)") }
        guard let path = ProcessInfo.processInfo.environment["PRISMA_FIDELITY"] else { return }
        let head = """
            | model | hooks | ours, median | ours, largest | library in float32, median | largest | worst hook of ours | share of \
            the allowed error |
            |---|---|---|---|---|---|---|---|

            """
        try (head + rows.map(\.text).joined(separator: "\n") + "\n").write(
            toFile: path, atomically: true, encoding: .utf8)
    }

    /// Whoever adds a fixture runs the script.
    @Test func everyFixtureIsInTheCommittedTable() throws {
        let table = try String(contentsOf: Golden.fixtures.appending(path: "FIDELITY.md"), encoding: .utf8)
        for reference in ReferenceModel.fixtures { #expect(table.contains("| \(reference) |"), "\(reference)") }
    }
}
