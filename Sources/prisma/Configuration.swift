import Foundation
import HTTP
import Imaging
import Service
import TextNumbers
import Transport
import Web

/// What the server is set up with: the file, checked, with paths made absolute.
struct Configuration: Sendable {
    var host: String
    var port: Int
    var publicFolder: URL?
    let isInsecure: Bool
    let grace: Duration
    private(set) var models: [ModelSource]
    private let limits: LimitSettings
    private let cache: CacheSettings
    private let file: String

    /// Reads and checks the file. - Throws: every mistake in it.
    init(path: String) throws(ConfigurationError) {
        let url = URL(filePath: path).absoluteURL
        try self.init(
            try ConfigurationFile.read(path), file: url.lastPathComponent, folder: url.deletingLastPathComponent())
    }

    /// - Parameter folder: what paths are relative to.
    init(_ document: JSONValue, file: String, folder: URL) throws(ConfigurationError) {
        var errors: [FieldError] = []
        guard let settings = Settings.form.read(document, &errors), errors.isEmpty else {
            throw ConfigurationError(file: file, mistakes: errors.map(Self.sentence))
        }
        let resolve = { (path: String) in
            URL(filePath: NSString(string: path).expandingTildeInPath, relativeTo: folder).standardizedFileURL
        }
        self.file = file
        host = settings.server.host
        port = settings.server.port
        isInsecure = settings.server.isInsecure
        publicFolder = settings.server.publicFolder.map(resolve)
        grace = .seconds(settings.server.graceSeconds)
        limits = settings.limits
        cache = settings.cache
        var sources: [ModelSource] = []
        var mistakes: [String] = []
        for (index, model) in settings.models.enumerated() {
            if sources.contains(where: { $0.id == model.id }) {
                mistakes.append("/models/\(index)/id: '\(model.id)' is the id of another model")
            }
            do {
                sources.append(
                    ModelSource(id: model.id, path: resolve(model.path), options: try model.options(resolve)))
            } catch {
                mistakes.append("/models/\(index)/\(error.detail)")
            }
        }
        guard mistakes.isEmpty else { throw ConfigurationError(file: file, mistakes: mistakes) }
        models = sources
    }

    /// Serves further models.
    /// - Throws: where one of them has the id of another.
    mutating func add(_ sources: [ModelSource]) throws(ConfigurationError) {
        let doubles = sources.filter { source in models.contains { $0.id == source.id } }
        guard doubles.isEmpty else {
            throw ConfigurationError(
                file: file,
                mistakes: doubles.map { double in
                    "'\(double.id)' is configured here, and the folder of models has '\(double.path.lastPathComponent)': "
                        + "rename the directory, or give the configured one another id"
                })
        }
        models += sources
    }

    /// - Throws: where strangers could reach a server that knows no keys.
    func checkAddress() throws(ConfigurationError) {
        guard isLoopback || isInsecure else {
            throw ConfigurationError(
                file: file,
                mistakes: [
                    "\(host) can be reached from other machines, and there are no keys: listen on 127.0.0.1, or set "
                        + "server: {insecure: true} to let everybody in who reaches it"
                ])
        }
    }

    /// 127.0.0.0/8 as four numbers: a name that merely begins so may stand for any address.
    private var isLoopback: Bool {
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost" || host == "::1"
            || numbers.count == 4 && numbers.first == 127 && !numbers.contains(nil)
    }

    private static func sentence(_ error: FieldError) -> String {
        guard case .pointer(let pointer) = error.place else { return error.detail }
        return pointer.tokens.isEmpty ? error.detail : "\(pointer): \(error.detail)"
    }

    var serviceLimits: ServiceLimits {
        var result = ServiceLimits()
        result.image = ImageLimits(pixels: limits.imagePixels)
        result.inputs = limits.inputs
        result.responseTensors = limits.responseTensors
        result.queue = limits.queue
        result.deadline = .milliseconds(limits.deadline)
        result.cacheBytes = cache.bytes
        result.cacheLifetime = .seconds(cache.seconds)
        result.modelMemory = limits.modelMemory ?? result.modelMemory
        return result
    }

    var webLimits: WebLimits {
        var result = WebLimits()
        result.body = limits.body
        return result
    }

    var transport: ServerConfiguration {
        var result = ServerConfiguration()
        result.host = host
        result.port = port
        result.limits.headerSection = limits.header
        result.limits.headerFields = limits.headerFields
        result.limits.target = limits.target
        result.limits.body = limits.body
        result.maximumConnections = limits.connections
        result.timeouts.header = .milliseconds(limits.headerDeadline)
        result.timeouts.idle = .milliseconds(limits.idle)
        result.timeouts.bodyRate = limits.bodyRate
        return result
    }

    /// For `GET /v1/limits`: what the layer below bounds.
    var transportLimits: [(name: String, value: Int)] {
        [
            ("header", limits.header), ("header_fields", limits.headerFields), ("target", limits.target),
            ("connections", limits.connections), ("header_deadline", limits.headerDeadline),
            ("body_rate", limits.bodyRate), ("idle", limits.idle),
        ]
    }
}
