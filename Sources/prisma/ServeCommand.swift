public import ArgumentParser
import Foundation
public import Logging

/// `prisma serve`: runs the server until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the server.",
        discussion: """
            Stops at SIGTERM or Ctrl-C: takes no new work, finishes what runs, exits 0.

            EXAMPLES
              prisma serve --config config/prisma.yaml
              prisma serve --config config/prisma.yaml --port 9000
            """)

    @Option(help: "The configuration file.")
    var config: String

    @Option(help: "The address to listen on, instead of the configuration's.")
    var host: String?

    @Option(help: "The port to listen on, instead of the configuration's; 0 takes a free one.")
    var port: Int?

    @Option(help: "What is logged: trace, debug, info (every request), notice, warning, error or critical.")
    var logLevel: Logger.Level = .notice

    func validate() throws {
        if let port, !(0...65_535).contains(port) { throw ValidationError("a port is from 0 to 65535, not \(port)") }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var log = Logger(label: "prisma")
        log.logLevel = logLevel
        let running: RunningServer
        do {
            var configuration = try Configuration(path: config)
            if let host { configuration.host = host }
            if let port { configuration.port = port }
            try configuration.checkAddress()
            running = try await RunningServer(configuration, log: log)
        } catch let error as ConfigurationError {
            FileHandle.standardError.write(Data("prisma serve: \(error)\n".utf8))
            throw ExitCode(2)
        } catch {
            FileHandle.standardError.write(Data("prisma serve: \(error)\n".utf8))
            throw ExitCode(1)
        }
        await running.untilToldToStop()
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
