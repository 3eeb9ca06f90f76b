/// What this program is called and which version of it runs.
public enum ServerVersion {
    /// The program's name.
    public static let name = "prisma-server"
    /// Semantic version.
    public static let number = "0.1.0"
}
