import Foundation
import Testing

/// The golden fixtures beside the package, where they are at hand.
enum Golden {
    static let images = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../shared/golden/open/images").standardizedFileURL

    static let isPresent = FileManager.default.fileExists(atPath: images.path())

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: images.appending(path: path)))
    }

    /// The names in a folder of the fixtures, sorted; empty where there are none.
    static func names(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: images.appending(path: folder).path())
        return (names ?? []).sorted()
    }

    static func json(_ path: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(try bytes(path))) as? [String: Any])
    }
}
