import Foundation

/// Where the viewer's files lie when nobody says: beside the program, where packages put them, or in the source tree that
/// the program was built in.
enum PublicFolder {
    static var standard: URL? {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return find(from: program.deletingLastPathComponent())
    }

    /// - Parameter folder: of the program.
    static func find(from folder: URL) -> URL? {
        let beside = [folder.appending(path: "public"), folder.appending(path: "../share/prisma/public")]
        if let found = beside.first(where: isPublic) { return found.standardizedFileURL }
        var ancestor = folder
        for _ in 0..<6 {
            let candidate = ancestor.appending(path: "public")
            if exists(ancestor.appending(path: "Package.swift")), isPublic(candidate) { return candidate }
            ancestor.deleteLastPathComponent()
        }
        return nil
    }

    private static func isPublic(_ folder: URL) -> Bool { exists(folder.appending(path: "index.html")) }

    private static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
}
