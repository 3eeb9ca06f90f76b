import Foundation
import HTTP
import Logging
import Service
import Transport
import Web

/// The parts of a server put together and started.
struct RunningServer {
    /// Where it listens.
    let address: SocketAddress
    private let server: Server
    private let service: PrismaService
    private let loading: Task<Void, Never>
    private let grace: Duration
    private let log: Logger

    /// Listens at once; the models load meanwhile.
    init(_ configuration: Configuration, log: Logger) async throws {
        service = PrismaService(
            models: configuration.models, limits: configuration.serviceLimits, webLimits: configuration.webLimits,
            transportLimits: configuration.transportLimits, log: log)
        let application = service.application(publicFolder: configuration.publicFolder?.path, log: log)
        var transport = configuration.transport
        transport.errorResponse = application.refuse
        server = Server(configuration: transport, handler: application, log: log)
        grace = configuration.grace
        self.log = log
        // Weakly, for the server holds the service as its handler.
        service.countConnections { [weak server] in
            server.map {
                ConnectionFigures(open: $0.connectionCount, accepted: $0.acceptedCount, refused: $0.refusedCount)
            }
        }
        address = try await server.start()
        log.notice("listening on http://\(address)")
        let service = service
        loading = Task {
            await service.models.loadAll()
            for failure in service.models.failures { log.error("not served: \(failure.id)") }
        }
    }

    /// Returns when every model is loaded or has failed, and the digests of the weights are known.
    func untilLoaded() async { await loading.value }

    /// Returns when the server has been told to stop and has stopped.
    func untilToldToStop() async {
        for await signal in Signals.stopping {
            log.notice("stopping", metadata: ["signal": "\(signal)"])
            break
        }
        await stop()
        log.notice("stopped")
    }

    /// Takes no new connection, answers what was begun as far as the grace period lets it, and returns when nothing is
    /// left to be done.
    func stop() async {
        loading.cancel()
        await server.stop(grace: grace)
        await service.drain()
    }
}
