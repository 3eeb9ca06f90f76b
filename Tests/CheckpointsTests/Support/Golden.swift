import Foundation
import Testing

/// The golden fixtures beside the package, where they are at hand.
enum Golden {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../shared/golden/open").standardizedFileURL.path()

    static let isPresent = FileManager.default.fileExists(atPath: folder)

    static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(path)")) ?? []).sorted()
    }

    static func json(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(path)"))
        // Sums of tensors with infinities are written as NaN and Infinity, which JSON does not know.
        let text = String(decoding: data, as: UTF8.self)
            .replacing(/(: |\[|, )(-?Infinity|NaN)/) { "\($0.output.1)null" }
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }
}
