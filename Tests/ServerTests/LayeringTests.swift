import Foundation
import ServiceTesting
import Testing

/// The layers of the architecture, held up by the sources' own import lines.
@Suite struct LayeringTests {
    /// Of ours, what each target may import. A target depends on targets below it only.
    static let allowed: KeyValuePairs<String, Set<String>> = [
        // 0
        "COpenBLAS": [], "CZlib": [], "COpenSSL": [], "CImageCodecs": [], "CVectorKernels": [], "CResources": [],
        // 1
        "TextNumbers": [], "Tensors": ["COpenBLAS", "CVectorKernels"], "HTTP": ["CZlib"],
        "Resources": ["CResources"],
        // 2
        "Scheduling": [], "Transport": ["HTTP"], "Web": ["HTTP", "TextNumbers"],
        "Checkpoints": ["Tensors", "TextNumbers", "CZlib", "COpenSSL"],
        "Imaging": ["Tensors", "Resources", "CImageCodecs"],
        // 3
        "HookedModels": ["Checkpoints", "Imaging", "Tensors", "TextNumbers", "Resources"],
        // 4
        "Hub": ["Checkpoints", "TextNumbers"],
        // 5
        "Interpretability": ["HookedModels", "Tensors"],
        // 6
        "Service": [
            "Interpretability", "HookedModels", "Checkpoints", "Imaging", "Scheduling", "Tensors", "Web", "HTTP",
            "TextNumbers",
        ],
        // 7
        "prisma": [
            "Service", "Transport", "Hub", "HookedModels", "Checkpoints", "Imaging", "Scheduling", "Tensors", "Web",
            "HTTP", "TextNumbers",
        ],
    ]

    /// Modules of others, and who alone may use them. The toolchain's own are everybody's.
    static let foreign: [String: Set<String>] = [
        "HTTPTypes": ["HTTP", "Transport", "Web", "Service"], "Logging": ["Transport", "Web", "Service", "prisma"],
        "ArgumentParser": ["prisma"], "Yams": ["prisma"],
        // The toolchain's client of HTTP: the server fetches nothing.
        "FoundationNetworking": ["Hub"],
    ]
    static let toolchain: Set<String> = ["Foundation", "Dispatch", "Glibc", "Synchronization"]

    private static let sources = Golden.package.appending(path: "Sources")

    /// Every target's folder is in the table, and the table has no other.
    @Test func theTableIsWhatThereIs() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
        #expect(folders.sorted() == Self.allowed.map(\.key).sorted())
    }

    @Test func theTableHasNoWayUp() {
        var below: Set<String> = []
        for (target, imports) in Self.allowed {
            #expect(imports.isSubset(of: below), "\(target) imports \(imports.subtracting(below))")
            below.insert(target)
        }
    }

    @Test(arguments: allowed.map(\.key))
    func everyImportIsOneThatTheTableAllows(_ target: String) throws {
        let own = try #require(Self.allowed.first { $0.key == target }).value
        for (file, text) in try Self.files(of: target, named: ".swift") {
            for module in Self.imports(text) where module != target {
                let isAllowed =
                    own.contains(module) || Self.foreign[module]?.contains(target) == true
                    || Self.toolchain.contains(module)
                #expect(isAllowed, "\(target)/\(file) imports \(module)")
            }
        }
    }

    /// Unsafe pointers are at home at the borders to C and to memory; elsewhere strict memory safety is on.
    @Test(arguments: allowed.map(\.key))
    func pointersStayAtHome(_ target: String) throws {
        let homes: Set = ["Tensors", "Imaging", "Checkpoints", "Transport", "Resources"]
        for (file, text) in try Self.files(of: target, named: ".swift") where text.contains("Unsafe") {
            let names = [
                "UnsafePointer", "UnsafeMutablePointer", "UnsafeRawPointer", "UnsafeMutableRawPointer", "BufferPointer",
            ]
            guard names.contains(where: text.contains) else { continue }
            #expect(homes.contains(target) || (target == "HTTP" && file.contains("Gzip")), "\(target)/\(file)")
        }
    }

    @Test(arguments: allowed.map(\.key).filter { !["COpenBLAS", "CZlib", "COpenSSL"].contains($0) })
    func everyTargetSaysWhatItOwns(_ target: String) throws {
        let text = try String(contentsOf: Self.sources.appending(path: "\(target)/README.md"), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 41)
        #expect(text.hasPrefix("# "))
    }

    @Test(arguments: allowed.map(\.key))
    func noFileIsLongerThan400Lines(_ target: String) throws {
        for (file, text) in try Self.files(of: target, named: ".swift") {
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 401, "\(target)/\(file)")
        }
    }

    private static func files(of target: String, named ending: String) throws -> [(String, String)] {
        let folder = sources.appending(path: target)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(ending) }
        return try names.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }

    /// The modules of a file's import lines, whatever stands before `import`.
    private static func imports(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1,
                words[..<place].allSatisfy({
                    ["public", "internal", "package", "private", "fileprivate"].contains($0) || $0.hasPrefix("@")
                })
            else { return nil }
            return words[place + 1].split(separator: ".").first.map { String($0) }
        }
    }
}
