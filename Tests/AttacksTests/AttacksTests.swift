import Foundation
import ServiceTesting
import Testing

/// Everything that fuzzing has found worth keeping goes through its parser once more, and ends in a value or an error.
@Suite struct AttacksTests {
    @Test(arguments: FuzzTargets.names)
    func theCorpusIsTakenOrRefused(_ name: String) throws {
        let folder = Golden.package.appending(path: "Tests/Attacks/\(name)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!files.isEmpty)
        let targets = try FuzzTargets(root: Golden.package)
        defer { targets.end() }
        var taken = 0
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: file)))
            taken += targets.take(bytes, by: name) ? 1 : 0
        }
        // The seeds are good files: a target that takes none of them reaches nothing.
        #expect(taken > 0, "\(name)")
        print("attacks on \(name): \(taken) of \(files.count) taken")
    }
}
