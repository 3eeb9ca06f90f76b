import Checkpoints
import HTTPTypes
import HookedModels
import Service
import ServiceTesting
import Tensors
import Testing
import TextNumbers
import Web

@Suite struct WeightEndpointsTests {
    private let name = "blocks.1.attn.W_Q"
    private var target: String { "/v1/models/vit/weights/\(name)" }

    private func expected() throws -> Tensor {
        try #require(try TinyModel().load().weight(named: name)).tensor()
    }

    @Test func theListNamesEveryParameterInPages() async throws {
        let service = try await TestService.standard()
        let all = try #require(try await service.get("/v1/models/vit/weights").json["items"]?.array)
        let weights = try TinyModel().load().weights
        #expect(all.map { $0["name"]?.string } == weights.map(\.name))
        #expect(all.map { $0["shape"]?.array?.compactMap(\.int) } == weights.map(\.shape))
        #expect(all.map { $0["bytes"]?.int } == weights.map(\.byteCount))
        var paged: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await service.get("/v1/models/vit/weights?limit=7" + (cursor.map { "&cursor=\($0)" } ?? ""))
                .json
            paged += page["items"]?.array ?? []
            cursor = page["next_cursor"]?.string
        } while cursor != nil
        #expect(paged == all)
    }

    @Test func everyFormHoldsTheSameElements() async throws {
        let service = try await TestService.standard()
        let expected = try expected()
        let json = try await service.get(target).json
        #expect(json.keys == ["datatype", "shape", "data"])
        #expect(json["shape"]?.array?.compactMap(\.int) == expected.shape)
        #expect(json["data"]?.doubles?.map { Float($0) } == expected.elements)
        let npy = try Npy.decode(try await service.get(target, fields: Requests.accepting("application/x-npy")).bytes)
        #expect(npy.shape == expected.shape && npy.tensor.elements == expected.elements)
        let npz = try Npz.decode(
            try await service.get(target, fields: Requests.accepting("application/x-npz")).bytes, limit: 1 << 24)
        #expect(npz.map(\.name) == [name] && npz.first?.value.tensor.elements == expected.elements)
        let answer = try await service.get(target, fields: Requests.accepting("application/x-safetensors"))
        let file = try SafetensorsBytes(answer.bytes, name: "the answer")
        #expect(file.entries.map(\.name) == [name])
        #expect(try file.tensor(named: name).elements == expected.elements)
    }

    @Test(arguments: ["application/json", "application/x-npy", "application/x-npz", "application/x-safetensors"])
    func theTagOfTheWeightsSavesTheWay(_ type: String) async throws {
        let service = try await TestService.standard()
        let answer = try await service.get(target, fields: Requests.accepting(type))
        let tag = try #require(answer.head.headerFields[.eTag])
        let again = try await service.get(target, fields: [.accept: type, .ifNoneMatch: tag])
        #expect(again.status == 304 && again.bytes.isEmpty)
        #expect(again.head.headerFields[.eTag] == tag)
        // Another form, and another parameter, are other things.
        for other in ["application/json", "application/x-npy"] where other != type {
            #expect(try await service.get(target, fields: [.accept: other, .ifNoneMatch: tag]).status == 200)
        }
        #expect(
            try await service.get("/v1/models/vit/weights/head.W_H", fields: [.accept: type, .ifNoneMatch: tag]).status
                == 200)
    }

    @Test func withoutADigestThereIsNoTag() async throws {
        let service = try await TestService(["vit": TinyModel()], loads: false)
        await service.service.models.loadAll(digests: false)
        let answer = try await service.get(target)
        #expect(answer.status == 200 && answer.head.headerFields[.eTag] == nil)
    }

    @Test(arguments: ["application/x-npy", "application/x-safetensors"])
    func bytesCanBeHadInParts(_ type: String) async throws {
        let service = try await TestService.standard()
        let whole = try await service.get(target, fields: Requests.accepting(type))
        #expect(whole.head.headerFields[.acceptRanges] == "bytes")
        let (size, tag) = (whole.bytes.count, try #require(whole.head.headerFields[.eTag]))
        for (range, wanted) in [
            ("bytes=0-99", 0..<100), ("bytes=100-", 100..<size), ("bytes=-10", (size - 10)..<size),
            ("bytes=5-999999999", 5..<size),
        ] {
            let part = try await service.get(target, fields: [.accept: type, .range: range, .ifRange: tag])
            #expect(part.status == 206, "\(range)")
            #expect(part.bytes == Array(whole.bytes[wanted]), "\(range)")
            #expect(
                part.head.headerFields[.contentRange] == "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(size)")
        }
        let beyond = try await service.get(target, fields: [.accept: type, .range: "bytes=\(size)-"])
        #expect(beyond.status == 416)
        #expect(beyond.head.headerFields[.contentRange] == "bytes */\(size)")
        let other = try await service.get(target, fields: [.accept: type, .range: "bytes=0-9", .ifRange: "\"old\""])
        #expect(other.status == 200 && other.bytes == whole.bytes)
    }

    /// A tensor too large to be sent at once is made while it is sent; a part of it is cut out on the way.
    @Test func partsOfALargeTensorAreCutFromTheStream() async throws {
        let service = try await TestService(["wide": TinyModel(layers: 1, width: 384, heads: 6, neurons: 768)])
        let target = "/v1/models/wide/weights/blocks.0.mlp.W_in"
        let npy = Requests.accepting("application/x-npy")
        let whole = try await service.get(target, fields: npy).bytes
        #expect(whole.count > 4 * ByteStream.pieceSize)
        for range in [0..<1, 300_000..<700_001, (ByteStream.pieceSize - 1)..<(ByteStream.pieceSize + 1)] {
            let part = try await service.get(
                target,
                fields: [.accept: "application/x-npy", .range: "bytes=\(range.lowerBound)-\(range.upperBound - 1)"])
            #expect(part.status == 206 && part.bytes == Array(whole[range]))
        }
    }

    @Test func aNameThatIsNoneIsToldWithTheNearest() async throws {
        let service = try await TestService.standard()
        let answer = try await service.get("/v1/models/vit/weights/blocks.1.attn.W_q")
        #expect(answer.status == 404)
        #expect(answer.detail.hasPrefix("The model 'vit' has no parameter 'blocks.1.attn.W_q'; did you mean"))
        #expect(answer.detail.contains("\"blocks.1.attn.W_Q\""))
        #expect(try await service.get("/v1/models/vit/weights/x").detail.contains("/v1/models/vit/weights lists them"))
        #expect(try await service.get("/v1/models/broken/weights").status == 409)
        #expect(try await service.get("/v1/models/nobody/weights/W_E").status == 404)
    }

    @Test func aTensorOverTheLimitIsRefused() async throws {
        var limits = ServiceLimits()
        limits.responseTensors = 4_000
        let service = try await TestService(["vit": TinyModel()], limits: limits)
        let answer = try await service.get("/v1/models/vit/weights/W_in")
        #expect(answer.status == 413)
        #expect(try answer.json["limit"] == "response_tensors")
        #expect(try await service.get("/v1/models/vit/weights/head.b_H").status == 200)
    }
}
