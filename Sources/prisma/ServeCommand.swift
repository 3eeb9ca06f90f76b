public import ArgumentParser
import Foundation
public import Logging

/// `prisma serve`: runs the server until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the server.",
        discussion: """
            Serves the models of a configuration, of a folder, or of both. Stops at SIGTERM or Ctrl-C: takes no new work,
            finishes what runs, exits 0.

            EXAMPLES
              prisma serve --config config/prisma.yaml
              prisma serve --config config/prisma.yaml --port 9000
              prisma serve --models ~/models
            """)

    @OptionGroup var selection: ModelSelection

    @Option(help: "The address to listen on, instead of the configuration's.")
    var host: String?

    @Option(help: "The port to listen on, instead of the configuration's; 0 takes a free one.")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The folder of the static files. Without a configuration the viewer's own is looked for.", valueName: "dir")
    )
    var `public`: String?

    @Option(help: "What is logged: trace, debug, info (every request), notice, warning, error or critical.")
    var logLevel: Logger.Level = .notice

    func validate() throws {
        if let port, !(0...65_535).contains(port) { throw ValidationError("a port is from 0 to 65535, not \(port)") }
        if selection.isEmpty {
            throw ValidationError(
                "nothing to serve: name a configuration (--config), a folder of models (--models), or both")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var log = Logger(label: "prisma")
        log.logLevel = logLevel
        let running: RunningServer
        do {
            var (configuration, notes) = try selection.configuration()
            for note in notes { log.warning("\(note)") }
            if let host { configuration.host = host }
            if let port { configuration.port = port }
            if let folder = `public` {
                configuration.publicFolder = URL(filePath: NSString(string: folder).expandingTildeInPath)
            } else if selection.config == nil {
                configuration.publicFolder = PublicFolder.standard
            }
            try configuration.checkAddress()
            running = try await RunningServer(configuration, log: log)
        } catch let error as ConfigurationError {
            FileHandle.complain("serve", "\(error)")
            throw ExitCode(2)
        } catch {
            FileHandle.complain("serve", "\(error)")
            throw ExitCode(1)
        }
        await running.untilToldToStop()
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
