import Foundation
import HTTP
import HookedModels
import Imaging
import Service
import ServiceTesting
import Testing
import TextNumbers
import Transport
import Web

@testable import prisma

@Suite struct ConfigurationTests {
    private func configuration(_ yaml: String) throws -> Configuration {
        try Configuration(
            try ConfigurationFile.parse(yaml, "test.yaml"), file: "test.yaml", folder: URL(filePath: "/srv/prisma/"))
    }

    private func mistakes(_ yaml: String) throws -> [String] {
        try #require(throws: ConfigurationError.self) { try configuration(yaml).checkAddress() }.mistakes
    }

    static let committed = Golden.package.appending(path: "config/prisma.yaml")

    @Test func theCommittedConfigurationIsRead() throws {
        let configuration = try Configuration(path: Self.committed.path)
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8_080)
        #expect(configuration.models.map(\.id) == ["shapes"])
        #expect(configuration.models.first?.path.path == Golden.package.appending(path: "config/demo/shapes").path)
        #expect(configuration.publicFolder?.path == Golden.package.appending(path: "public").path)
        try configuration.checkAddress()
    }

    @Test func theImagesConfigurationIsRead() throws {
        let configuration = try Configuration(path: Golden.package.appending(path: "docker/prisma.yaml").path)
        #expect(configuration.models.map(\.path.lastPathComponent) == ["shapes"])
        #expect(configuration.port == 8_080)
        try configuration.checkAddress()
    }

    /// What stands in it as a comment is what would be the case without it: keys that exist, at their defaults.
    @Test func theCommentedLimitsAreTheDefaults() throws {
        let text = try String(contentsOf: Self.committed, encoding: .utf8)
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("# limits:") }.map { String($0.dropFirst(2)) }
        let document = try ConfigurationFile.parse(lines.joined(separator: "\n"), "prisma.yaml")
        let keys = try #require(document["limits"]?.object).map(\.key)
        let explained = try Configuration(document, file: "prisma.yaml", folder: Self.committed)
        let plain = try configuration("")
        #expect(explained.transportLimits.map(\.value) == plain.transportLimits.map(\.value))
        #expect(explained.serviceLimits == plain.serviceLimits)
        #expect(explained.webLimits == plain.webLimits)
        #expect(keys.sorted() == Self.limits.map(\.key).sorted())
    }

    /// So, too, what it says about a model.
    @Test func theCommentedSettingsOfAModelExist() throws {
        let text = try String(contentsOf: Self.committed, encoding: .utf8)
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("models:") }.prefix { !$0.hasPrefix("# ") }
        let settings = lines.map { $0.hasPrefix("    # ") && $0.contains(": ") ? "    " + $0.dropFirst(6) : $0 }
        let keys = try ConfigurationFile.parse(settings.joined(separator: "\n"), "prisma.yaml")["models"]?[0]?.keys
        #expect(
            Set(try #require(keys)) == ["id", "path", "name", "family", "pooling", "labels", "flags", "processing"])
    }

    struct Limit: Sendable, CustomTestStringConvertible {
        let key: String
        let least: Int
        let most: Int
        let read: @Sendable (Configuration) -> Int

        var testDescription: String { key }
    }

    static let limits = [
        Limit(key: "header", least: 1_024, most: 1_048_576) { $0.transport.limits.headerSection },
        Limit(key: "header_fields", least: 8, most: 10_000) { $0.transport.limits.headerFields },
        Limit(key: "target", least: 256, most: 65_536) { $0.transport.limits.target },
        Limit(key: "body", least: 1_024, most: 1 << 40) { min($0.transport.limits.body, $0.webLimits.body) },
        Limit(key: "image_pixels", least: 1, most: 1_000_000_000) { $0.serviceLimits.image.pixels },
        Limit(key: "inputs", least: 1, most: 65_536) { $0.serviceLimits.inputs },
        Limit(key: "response_tensors", least: 1_024, most: 1 << 40) { $0.serviceLimits.responseTensors },
        Limit(key: "queue", least: 1, most: 1_000_000) { $0.serviceLimits.queue },
        Limit(key: "connections", least: 1, most: 1_000_000) { $0.transport.maximumConnections },
        Limit(key: "deadline", least: 1, most: 86_400_000) { Int($0.serviceLimits.deadline / .milliseconds(1)) },
        Limit(key: "header_deadline", least: 1, most: 3_600_000) {
            Int($0.transport.timeouts.header / .milliseconds(1))
        },
        Limit(key: "body_rate", least: 1, most: 1_000_000_000) { $0.transport.timeouts.bodyRate },
        Limit(key: "idle", least: 1, most: 86_400_000) { Int($0.transport.timeouts.idle / .milliseconds(1)) },
        Limit(key: "model_memory", least: 0, most: 1 << 50) { $0.serviceLimits.modelMemory },
    ]

    @Test(arguments: limits)
    func everyLimitArrivesWhereItHolds(_ limit: Limit) throws {
        for value in [limit.least, limit.least + 1, limit.most] {
            #expect(limit.read(try configuration("limits: {\(limit.key): \(value)}")) == value)
        }
        for value in ["\(limit.least - 1)", "\(limit.most + 1)", "many", "1.5", "[1]"] {
            let mistakes = try mistakes("limits: {\(limit.key): \(value)}")
            #expect(mistakes.count == 1)
            #expect(
                mistakes.first?.hasPrefix(
                    "/limits/\(limit.key): expected an integer from \(limit.least) to \(limit.most)") == true,
                "\(mistakes)")
        }
    }

    @Test func whatIsKeptOfActivationsIsConfigured() throws {
        let plain = try configuration("").serviceLimits
        #expect(plain.cacheBytes == 2 << 30 && plain.cacheLifetime == .seconds(3_600))
        let set = try configuration("cache: {bytes: 4096, seconds: 7}").serviceLimits
        #expect(set.cacheBytes == 4_096 && set.cacheLifetime == .seconds(7))
        #expect(
            try mistakes("cache: {seconds: 0}").first?.hasPrefix("/cache/seconds: expected an integer from 1") == true)
        #expect(
            try mistakes("cache: {byte: 1}").first
                == "/cache/byte: unknown field \"byte\"; did you mean \"bytes\"?")
        // What stands in the committed file as a comment is the default.
        let text = try String(contentsOf: Self.committed, encoding: .utf8)
        let lines = text.split(separator: "\n").drop { !$0.hasPrefix("# cache:") }.prefix(3).map { $0.dropFirst(2) }
        let document = try ConfigurationFile.parse(lines.joined(separator: "\n"), "prisma.yaml")
        #expect(document["cache"]?.keys == ["bytes", "seconds"])
        let explained = try Configuration(document, file: "prisma.yaml", folder: Self.committed).serviceLimits
        #expect(explained == plain)
    }

    @Test(arguments: [
        ("limit: {}", "/limit: unknown field \"limit\"; did you mean \"limits\"?"),
        ("server: {prot: 80}", "/server/prot: unknown field \"prot\"; did you mean \"port\"?"),
        ("limits: {quene: 3}", "/limits/quene: unknown field \"quene\"; did you mean \"queue\"?"),
        ("models: [{id: a, pth: b}]", "/models/0/pth: unknown field \"pth\"; did you mean \"path\"?"),
        ("models: [{id: a, path: b, flags: {use_attn_resutl: true}}]", "did you mean \"use_attn_result\"?"),
        ("models: [{id: a, path: b, processing: [fold_nl]}]", "did you mean \"fold_ln\"?"),
        ("models: [{id: a, path: b, pooling: max}]", "/models/0/pooling: expected one of"),
        ("models: [{id: a, path: b, family: vit}]", "/models/0/family: expected one of \"hf_vit\", \"hf_clip\""),
        ("models: [{id: a}]", "/models/0/path: required field \"path\" is missing"),
        ("models: [{id: a/b, path: c}]", "/models/0/id: 'a/b' is no id: letters, digits, '.', '_' and '-' are"),
        ("models: [{id: '', path: c}]", "/models/0/id: expected a string of 1 to 128 characters"),
        ("models: [{id: é, path: c}]", "/models/0/id: 'é' is no id"),
        (
            "models: [{id: a, path: b}, {id: c, path: d}, {id: a, path: e}]",
            "/models/2/id: 'a' is the id of another model"
        ),
        ("models: [{id: a, path: b, labels: nowhere.txt}]", "/models/0/labels: 'nowhere.txt' cannot be read as text"),
        ("models: {a: b}", "/models: expected a list"), ("server: 8080", "/server: expected an object"),
        ("server: {port: 65536}", "/server/port: expected an integer from 0 to 65535, found 65536"),
        ("server: {insecure: 1}", "/server/insecure: expected true or false"), ("- a", "expected an object"),
        ("server: {host: 0.0.0.0}", "0.0.0.0 can be reached from other machines, and there are no keys"),
        ("server: {host: '::'}", ":: can be reached from other machines"),
        ("server: {host: 128.0.0.1}", "128.0.0.1 can be reached from other machines"),
        ("server: {host: 127.evil.example}", "127.evil.example can be reached from other machines"),
        ("server: {port: 1, port: 2}", "a key stands twice: port"), ("server: {", "not YAML at line"),
        ("server: {port: *x}", "not YAML at line"), (bomb, "more than 65536 values"),
        (String(repeating: "[", count: 100_000), "not YAML at line"),
        (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), "nested deeper than 32 levels"),
    ])
    func aSlipIsToldWithItsPlaceAndTheNearestKey(_ yaml: String, _ says: String) throws {
        let mistakes = try mistakes(yaml)
        #expect(mistakes.contains { $0.contains(says) }, "\(mistakes)")
    }

    /// Aliases of aliases: a few hundred letters that stand for ten to the ninth values.
    static let bomb = (1...9).reduce("a0: &a0 [1]\n") { text, level in
        text + "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }

    @Test func everyMistakeIsTold() throws {
        let mistakes = try mistakes("server: {prot: 80, host: 5}\nlimits: {queue: 0}\nmodles: []")
        #expect(mistakes.count == 4, "\(mistakes)")
        #expect(ConfigurationError(file: "a.yaml", mistakes: ["b", "c"]).description == "a.yaml: b\na.yaml: c")
    }

    @Test(arguments: ["127.0.0.1", "127.1.2.3", "localhost", "'::1'"])
    func theLoopbackNeedsNoKeys(_ host: String) throws {
        try configuration("server: {host: \(host)}").checkAddress()
    }

    @Test func anotherAddressNeedsToBeWanted() throws {
        try configuration("server: {host: 0.0.0.0, insecure: true}").checkAddress()
    }

    @Test func pathsAreRelativeToTheFile() throws {
        let read = try configuration("server: {public: ../web}\nmodels: [{id: a, path: m/a}, {id: b, path: /abs/b}]")
        #expect(read.publicFolder?.path == "/srv/web")
        #expect(read.models.map(\.path.path) == ["/srv/prisma/m/a", "/abs/b"])
    }

    @Test func whatAModelsFilesDoNotTellIsTaken() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("cat\ndog\n".utf8), to: "labels.txt")
        let yaml = """
            models:
              - {id: a, path: p, name: facebook/dino-vitb16, family: hf_vit, pooling: cls_and_mean, labels: labels.txt,
                 flags: [use_attn_result, use_attn_in], processing: {fold_ln: true, fold_value_biases: false}}
              - {id: b, path: p, processing: [refactor_factored_attn_matrices, center_writing_weights]}
            """
        let file = try folder.write(Array(yaml.utf8), to: "prisma.yaml")
        let models = try Configuration(path: file.path).models
        let options = try #require(models.first).options
        #expect(options.hubName == "facebook/dino-vitb16")
        #expect(options.processing == [.foldNorms])
        #expect(models.last?.options.processing == [.centreWriting, .refactorAttention])
        #expect(options.family == "hf_vit")
        #expect(options.pooling?.rawValue == "cls_and_mean")
        #expect(options.labels == ["cat", "dog"])
        #expect(options.flags.useAttnResult && options.flags.useAttnIn && !options.flags.useHookMLPIn)
    }

    @Test func aFileThatIsNoneIsTold() throws {
        let folder = try TemporaryFolder()
        let error = { (path: String) in try #require(throws: ConfigurationError.self) { try Configuration(path: path) }
        }
        #expect(
            try error(folder.url.path + "/no.yaml").description
                == "no.yaml: there is no such file, or it cannot be read")
        let bytes = try folder.write([0x61, 0xFF, 0xFE], to: "bytes.yaml")
        #expect(try error(bytes.path).description == "bytes.yaml: the file is not UTF-8")
        let large = try folder.write([UInt8](repeating: 32, count: (1 << 20) + 1), to: "large.yaml")
        #expect(try error(large.path).description == "large.yaml: a configuration has at most 1048576 bytes")
    }
}
