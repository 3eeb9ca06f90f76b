public import Foundation

/// Where reference data lies: fixtures of our own always, the larger golden set where it stands beside the project.
public enum Golden {
    /// The package's folder.
    public static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `Tests/Fixtures`.
    public static let fixtures = package.appending(path: "Tests/Fixtures")

    /// `../shared/golden/open`; `nil` where it is not there.
    public static let shared: URL? = {
        let folder = package.deletingLastPathComponent().appending(path: "shared/golden/open")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()
}
