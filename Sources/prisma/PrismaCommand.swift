import ArgumentParser
import Service

/// `prisma`: the server, and the same library without it.
@main
struct PrismaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prisma",
        abstract: "Looks inside vision transformers.",
        discussion: """
            EXAMPLES
              prisma serve --config config/prisma.yaml
              prisma serve --models ~/models
              prisma models --config config/prisma.yaml
              prisma run config/demo/shapes public/assets/samples/heart.png
              prisma inspect config/demo/shapes --checksums
              prisma verify Tests/Fixtures/models/hf_vit/checkpoint --reference Tests/Fixtures/models/hf_vit
              prisma pull facebook/dino-vits16

            Exit codes: 0 done, 1 failed or refused, 2 a configuration that cannot be used, 64 a wrong command line.
            """,
        version: ServerVersion.number,
        subcommands: [
            ServeCommand.self, ModelsCommand.self, RunCommand.self, InspectCommand.self, VerifyCommand.self,
            PullCommand.self,
        ])
}
