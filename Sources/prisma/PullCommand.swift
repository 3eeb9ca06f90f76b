import ArgumentParser
import Foundation
import HookedModels
import Hub
import Service

/// `prisma pull`: fetches a model from a hub.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetches a model from the Hugging Face hub, or from one of its kind.",
        discussion: """
            The files go into the cache that Python's huggingface_hub keeps: what Python has fetched is not fetched again,
            and the other way round. An interrupted transfer goes on where it broke off; every file is verified. Prints the
            folder of the model, which serve, run, inspect and a configuration's path: take. The server itself fetches
            nothing. A hub's certificate must be vouched for by one of the system's authorities; no variable names others:
            one's own goes into /usr/local/share/ca-certificates, and update-ca-certificates makes it one of them.

            EXAMPLES
              prisma pull facebook/dino-vits16
              prisma run "$(prisma pull google/vit-base-patch16-224)" heart.png
              prisma pull open-clip:laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K --revision main
              prisma pull org/model --endpoint https://hub.example.org --include '*.json' --include 'model*.safetensors'
            """)

    @Argument(help: "The model: owner/name, or a name that ViT-Prisma registers.")
    var model: String

    @Option(help: ArgumentHelp("The hub. HF_ENDPOINT, or else https://huggingface.co.", valueName: "url"))
    var endpoint: String?

    @Option(help: "What the hub knows you by. HF_TOKEN, or else what a login of Python's left behind.")
    var token: String?

    @Option(help: "A branch, a tag or a commit.")
    var revision = "main"

    @Option(
        help: ArgumentHelp(
            "The cache. HF_HUB_CACHE, HF_HOME/hub, or else ~/.cache/huggingface/hub.", valueName: "dir"))
    var cache: String?

    @Option(
        help: ArgumentHelp(
            "Files that are fetched; may be repeated. Otherwise the configuration, the weights (safetensors before "
                + "PyTorch's) and what prepares inputs.", valueName: "glob"))
    var include: [String] = []

    func run() async throws {
        let wanted: [Glob]
        do {
            wanted = try include.map { try Glob($0) }
        } catch {
            throw ValidationError("--include: \((error as? Glob.SyntaxError)?.reason ?? "\(error)")")
        }
        let environment = ProcessInfo.processInfo.environment
        let home = FileManager.default.homeDirectoryForCurrentUser
        let root =
            cache.map { URL(filePath: NSString(string: $0).expandingTildeInPath, directoryHint: .isDirectory) }
            ?? HubCache.standardRoot(environment, home: home)
        let progress = PullProgress()
        do {
            let client = try HubClient(
                endpoint: endpoint ?? Self.given(environment["HF_ENDPOINT"]) ?? "https://huggingface.co",
                token: token ?? HubCache.standardToken(environment, home: home),
                agent: "\(ServerVersion.name)/\(ServerVersion.number)")
            let pull = Pull(client, into: root) { progress.show($0) }
            let snapshot = try await pull.run(HubModel(Self.repository(of: model), revision: revision)) { files in
                wanted.isEmpty
                    ? HubSelection.standard(of: files)
                    : files.filter { file in wanted.contains { $0.matches(file) } }
            }
            progress.end()
            print(snapshot.path)
        } catch {
            progress.end()
            FileHandle.complain("pull", "\(error)")
            throw ExitCode(1)
        }
    }

    /// The repository that a name of ViT-Prisma's stands for; other names are the repository's own.
    static func repository(of model: String) -> String {
        RegisteredModels.all.first { $0.name == model }?.hub ?? model
    }

    private static func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
