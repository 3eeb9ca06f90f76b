import Checkpoints
import Foundation
import HookedModels
import Service
import Tensors
import TextNumbers

/// What `prisma verify` found, for people and for programs.
struct VerificationReport {
    let model: String
    let reference: String
    private let family: String
    private let digest: String?
    private let towers: [Verification]

    /// Loads the model, its text tower where the reference has one, and compares.
    init(of source: ModelSource, shownAs model: String, against path: String) throws {
        let checkpoint = try Checkpoint(path: source.path.path)
        let references: [ReferenceActivations]
        do {
            references = try ReferenceActivations.read(path)
        } catch {
            // A reference may lack what a model that is not served would take: then it is the model that is at fault.
            _ = try HookedModel(checkpoint, options: source.options)
            throw error
        }
        var options = source.options
        options.hubName = options.hubName ?? references.lazy.compactMap(\.hubName).first
        var towers: [Verification] = []
        var family = ""
        for reference in references {
            let tower =
                switch reference.tower {
                case .pictures: try HookedModel(checkpoint, options: options)
                case .texts: try HookedModel(textOf: checkpoint, options: options)
                }
            guard let tower else { throw Problem(description: "\(model) has no text tower, and the reference has one") }
            family = tower.family
            towers.append(try Verification(tower, against: reference))
        }
        self.model = model
        self.family = family
        self.towers = towers
        reference = URL(filePath: path).lastPathComponent
        digest = try checkpoint.digest()
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether all of it is within the tolerance.
    var isWithin: Bool { towers.allSatisfy(\.isWithin) }

    // MARK: For people

    /// A table of each tower's hooks, the worst first, and a line of summary.
    var text: String {
        towers.map { tower in
            let rows = tower.agreements.sorted { $0.ratio > $1.ratio }.map(Self.row)
            let table = TextTable(["hook", "error", "float32's", "allowed", "ratio"], rows, right: [1, 2, 3, 4]).text
            return table + "\n" + summary(of: tower)
        }.joined(separator: "\n\n")
    }

    private static func row(_ hook: HookAgreement) -> [String] {
        if let problem = hook.problem { return ["\(hook.name): \(problem)", "-", "-", "-", "-"] }
        return [
            hook.name, scientific(hook.error), hook.float32Error.map(scientific) ?? "-", scientific(hook.allowed),
            String(format: "%.3f", hook.ratio),
        ]
    }

    private func summary(of tower: Verification) -> String {
        guard let worst = tower.worst else { return "\(model), \(tower.tower): the reference has no activations" }
        let beyond = tower.agreements.count { !$0.isWithin }
        let count = tower.agreements.count
        let verdict = beyond == 0 ? "all \(count) within the tolerance" : "\(beyond) of \(count) beyond the tolerance"
        let place = worst.problem == nil ? String(format: "%.3f of what is allowed", worst.ratio) : "not compared"
        return "\(model), \(tower.tower): \(verdict); worst \(worst.name), \(place)"
    }

    private static func scientific(_ number: Double) -> String { String(format: "%.2e", number) }

    // MARK: For programs

    /// Numbers that are not finite are null.
    var document: JSONValue {
        [
            "model": .string(model), "family": .string(family), "reference": .string(reference),
            "within": .bool(isWithin), "towers": .list(towers.map(Self.document)),
            "provenance": [
                "version": .string(ServerVersion.number), "kernels": .string("\(KernelChoice.current)"),
                "digest": digest.map { .string("sha256:" + $0) } ?? .null,
            ],
        ]
    }

    private static func document(of tower: Verification) -> JSONValue {
        [
            "tower": .string(tower.tower.rawValue), "inputs": .integer(Int64(tower.inputs)),
            "within": .bool(tower.isWithin), "worst": tower.worst.map { .string($0.name) } ?? .null,
            "hooks": .list(tower.agreements.map(document)),
        ]
    }

    private static func document(of hook: HookAgreement) -> JSONValue {
        [
            "name": .string(hook.name), "error": number(hook.error),
            "float32_error": hook.float32Error.map(number) ?? .null,
            "allowed": number(hook.allowed), "ratio": number(hook.ratio), "largest": number(hook.largest),
            "within": .bool(hook.isWithin), "problem": JSONValue(orNull: hook.problem),
        ]
    }

    private static func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}
