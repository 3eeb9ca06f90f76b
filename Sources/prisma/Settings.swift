import Foundation
import HookedModels
import Service
import TextNumbers
import Web

/// The configuration file as it is written: every key, its range and its default. An unknown key is a mistake.
struct Settings: Sendable {
    let server: ServerSettings
    let models: [ModelSettings]
    let limits: LimitSettings
    let cache: CacheSettings

    static let form = Form.object(
        fields: Field("server", ServerSettings.form, default: [:], "Where it listens."),
        Field("models", .list(of: ModelSettings.form), default: [], "What it serves."),
        Field("limits", LimitSettings.form, default: [:], "What it refuses."),
        Field("cache", CacheSettings.form, default: [:], "What it keeps of activations."),
        make: Settings.init)
}

/// `server:`
struct ServerSettings: Sendable {
    let host: String
    let port: Int
    let publicFolder: String?
    let isInsecure: Bool
    let graceSeconds: Int

    static let form = Form.object(
        fields: Field("host", .string(length: 1...255), default: "127.0.0.1", "The address."),
        Field("port", .integer(0...65_535), default: 8_080, "0 takes a free one."),
        Field(optional: "public", .string, "The folder of the static files."),
        Field("insecure", .boolean, default: false, "Listens beyond this machine without keys."),
        Field("grace_seconds", .integer(0...3_600), default: 30, "How long running work may take when it stops."),
        make: ServerSettings.init)
}

/// One entry of `models:`
struct ModelSettings: Sendable {
    let id: String
    let path: String
    let hubName: String?
    let family: String?
    let pooling: Architecture.Pooling?
    let labels: String?
    let flags: FlagOverrides
    let processing: Set<WeightTransform>

    static let form = Form.object(
        fields: Field("id", Form<String>.string(length: 1...128).map(checking: name), "Its name in URLs."),
        Field("path", .string(length: 1...4_096), "Its directory or file."),
        Field(optional: "name", .string(length: 1...256), "The name it had on its hub."),
        Field(optional: "family", .choice(FamilyCatalog.all.map(\.name)), "Read as this family."),
        Field(optional: "pooling", pooling, "How positions become one vector."),
        Field(optional: "labels", .string(length: 1...4_096), "A file with one label a line."),
        Field("flags", FlagOverrides.form, default: [:], "Optional hooks that exist."),
        Field("processing", WeightTransform.form, default: [], "How the weights are rewritten."),
        make: ModelSettings.init)

    /// What any model can be asked for; other poolings need parts of their own.
    private static let pooling = Form<String>.choice(
        [Architecture.Pooling.cls, .mean, .clsAndMean, .none].map(\.rawValue)
    ).map(checking: { (name: String) throws(Mismatch) in
        guard let pooling = Architecture.Pooling(rawValue: name) else {
            throw Mismatch("no pooling is called '\(name)'")
        }
        return pooling
    })

    /// - Throws: where the file of labels cannot be read.
    func options(_ resolve: (String) -> URL) throws(Mismatch) -> ModelOptions {
        ModelOptions(
            hubName: hubName, family: family, pooling: pooling, flags: flags.apply(to: HookFlags()),
            labels: try labels.map(resolve).map(Self.lines), processing: processing)
    }

    @Sendable private static func name(_ text: String) throws(Mismatch) -> String {
        guard ModelFolder.isID(text) else {
            throw Mismatch("'\(text)' is no id: letters, digits, '.', '_' and '-' are")
        }
        return text
    }

    private static func lines(of file: URL) throws(Mismatch) -> [String] {
        guard let data = try? Data(contentsOf: file), data.count <= 16 << 20,
            let text = String(validating: data, as: UTF8.self)
        else { throw Mismatch("labels: '\(file.lastPathComponent)' cannot be read as text") }
        return text.split(whereSeparator: \.isNewline).map { String($0) }
    }
}

/// `cache:`, of stored activations.
struct CacheSettings: Sendable {
    let bytes: Int
    let seconds: Int

    static let form = Form.object(
        fields: Field("bytes", .integer(0...(1 << 50)), default: 2_147_483_648, "All of them together."),
        Field("seconds", .integer(1...31_536_000), default: 3_600, "After the last use of one."),
        make: CacheSettings.init)
}

/// `limits:`, under the names that `GET /v1/limits` and errors use. Sizes in bytes, times in milliseconds.
struct LimitSettings: Sendable {
    let header, headerFields, target, body, imagePixels, inputs, responseTensors, queue, connections: Int
    let deadline, headerDeadline, bodyRate, idle: Int
    let modelMemory: Int?

    static let form = Form.object(
        fields: Field("header", .integer(1_024...1_048_576), default: 32_768, "All header fields."),
        Field("header_fields", .integer(8...10_000), default: 100, "Header fields."),
        Field("target", .integer(256...65_536), default: 8_192, "The path with its query."),
        Field("body", .integer(1_024...(1 << 40)), default: 268_435_456, "A body, decoded."),
        Field("image_pixels", .integer(1...1_000_000_000), default: 50_000_000, "Width times height."),
        Field("inputs", .integer(1...65_536), default: 256, "Inputs of a request."),
        Field("response_tensors", .integer(1_024...(1 << 40)), default: 1_073_741_824, "All tensors of an answer."),
        Field("queue", .integer(1...1_000_000), default: 256, "Requests that wait."),
        Field("connections", .integer(1...1_000_000), default: 8_192, "Open at once."),
        Field("deadline", .integer(1...86_400_000), default: 60_000, "From a request to its answer."),
        Field("header_deadline", .integer(1...3_600_000), default: 10_000, "For a complete header."),
        Field("body_rate", .integer(1...1_000_000_000), default: 1_024, "Bytes a second, of the slowest body."),
        Field("idle", .integer(1...86_400_000), default: 75_000, "A connection without a request."),
        Field(optional: "model_memory", .integer(0...(1 << 50)), "The weights of all models."),
        make: LimitSettings.init)
}
