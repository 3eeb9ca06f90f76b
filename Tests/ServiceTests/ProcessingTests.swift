import HTTPTypes
import HookedModels
import Service
import ServiceTesting
import Testing
import TextNumbers
import Web

/// A model whose weights were rewritten at load says so, and is told from the same model as its files have it.
@Suite struct ProcessingTests {
    private struct Served {
        let application: HTTPApplication
        let folder: TemporaryFolder

        /// One checkpoint under two ids, once as it is and once rewritten.
        init(_ processing: Set<WeightTransform>, _ layout: TinyModel.Layout = .huggingFace) async throws {
            folder = try TemporaryFolder()
            let path = try TinyModel(layout).checkpoint.write(to: folder, named: "vit")
            let service = PrismaService(
                models: [
                    ModelSource(id: "plain", path: path),
                    ModelSource(id: "rewritten", path: path, options: ModelOptions(processing: processing)),
                ], log: TestService.silence)
            application = service.application(publicFolder: nil, log: TestService.silence)
            await service.models.loadAll()
        }

        func get(_ target: String, fields: HTTPFields = [:]) async throws -> Answer {
            try await application.ask(.get, "/v1/models/" + target, fields: fields)
        }
    }

    @Test func theDocumentNamesTheTransformsInTheirOrder() async throws {
        let served = try await Served([.foldValueBiases, .foldNorms])
        #expect(try await served.get("plain").json["processing"] == [])
        #expect(try await served.get("rewritten").json["processing"] == ["fold_ln", "fold_value_biases"])
    }

    @Test func provenanceDiffersWhereTheWeightsDo() async throws {
        let served = try await Served([.centreWriting])
        var digests: [String: Set<String>] = [:]
        for id in ["plain", "rewritten"] {
            let answers = [
                try await served.application.ask(
                    .post, "/v1/models/\(id)/run", json: Requests.document(["capture": [["hooks": ["hook_embed"]]]])),
                try await served.get("\(id)/circuits?kind=qk"),
            ]
            for answer in answers {
                let provenance = try answer.json["provenance"]
                digests[id, default: []].insert(try #require(provenance?["plan"]?.string))
                #expect(provenance?["weights"]?.string?.hasPrefix("sha256:") == true)
            }
        }
        #expect(digests.values.allSatisfy { $0.count == 2 })
        #expect(digests["plain"]?.isDisjoint(with: digests["rewritten"] ?? []) == true)
    }

    /// A client that keeps a parameter must not take the rewritten one for it.
    @Test func aRewrittenParameterHasATagOfItsOwn() async throws {
        let served = try await Served([.foldNorms])
        let target = "weights/blocks.0.attn.W_Q"
        let plain = try await served.get("plain/" + target)
        let tag = try #require(plain.head.headerFields[.eTag])
        let rewritten = try await served.get("rewritten/" + target, fields: [.ifNoneMatch: tag])
        #expect(rewritten.status == 200 && rewritten.bytes != plain.bytes)
        #expect(rewritten.head.headerFields[.eTag] != tag)
        #expect(try await served.get("plain/" + target, fields: [.ifNoneMatch: tag]).status == 304)
    }

    @Test func aRefusalIsWhyTheModelFailed() async throws {
        let served = try await Served([.foldNorms], .huggingFaceFeatures)
        let document = try await served.get("rewritten").json
        #expect(document["state"] == "failed")
        #expect(
            document["reason"]?.string
                == "processing 'fold_ln' would change what the model gives: it has no head that could take over the weight "
                + "and the bias of its final norm")
        #expect(try await served.get("plain").json["state"] == "loaded")
    }
}
