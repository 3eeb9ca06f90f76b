import Foundation
import Hub
import ServiceTesting
import Testing

@Suite struct HubNamesTests {
    @Test(arguments: ["google/vit-base-patch16-224", "gpt2", "a/b.c_d-1"])
    func modelsHaveNames(_ id: String) throws { #expect(try HubModel(id).id == id) }

    @Test(arguments: ["", "/", "a/", "/a", "a/b/c", "../x", "a/..", "a/.b", "a b", "a--b", "ä", "a?b", "a%2fb"])
    func otherTextsAreNone(_ id: String) { #expect(throws: HubError.badName(id)) { try HubModel(id) } }

    @Test(arguments: ["", "..", "a/../b", "/main", "main/", "a b", "x?y"])
    func noRevisionLeadsOutOfItsFolder(_ revision: String) {
        #expect(throws: HubError.badName(revision)) { try HubModel("a/b", revision: revision) }
    }

    @Test(arguments: [
        "", "huggingface.co", "ftp://x", "file:///etc", "https://", "https://u:p@x.org", "https://x.org?a=b",
        "https://x.org#a",
    ])
    func noOtherAddressIsAHub(_ endpoint: String) {
        #expect(throws: HubError.badEndpoint(endpoint)) { try HubClient(endpoint: endpoint, token: nil, agent: "t") }
    }

    @Test(arguments: ["a b", "a\r\nX: y", "ä", "a\n"])
    func noTokenEndsItsHeader(_ token: String) {
        #expect(throws: HubError.badToken) { try HubClient(endpoint: "https://x.org", token: token, agent: "t") }
    }

    @Test(arguments: [
        (
            ["config.json", "model.safetensors", "pytorch_model.bin", "tf_model.h5"],
            ["config.json", "model.safetensors"]
        ),
        (["config.json", "pytorch_model.bin"], ["config.json", "pytorch_model.bin"]),
        (
            [
                "config.json", "open_clip_config.json", "model.safetensors", "open_clip_model.safetensors",
                "open_clip_pytorch_model.bin", "tokenizer.json", "onnx/model.onnx", "onnx/config.json",
            ], ["config.json", "open_clip_config.json", "tokenizer.json", "open_clip_model.safetensors"]
        ),
        (
            [
                "config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                "model.safetensors.index.json", "pytorch_model.bin", "other-1.safetensors",
            ],
            [
                "config.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
            ]
        ),
        (["README.md", "dino.pth"], ["dino.pth"]), (["README.md"], []),
    ])
    func oneSetOfWeightsIsChosenWithItsConfiguration(_ files: [String], _ chosen: [String]) {
        #expect(HubSelection.standard(of: files) == chosen)
    }

    @Test(arguments: [
        ([:], "/home/x/.cache/huggingface/hub"), (["HF_HOME": "/a"], "/a/hub"),
        (["HF_HOME": "/a", "HF_HUB_CACHE": "/b"], "/b"), (["XDG_CACHE_HOME": "/c"], "/c/huggingface/hub"),
        (["HF_HUB_CACHE": ""], "/home/x/.cache/huggingface/hub"),
    ])
    func theCacheIsWherePythonsIs(_ environment: [String: String], _ path: String) {
        let root = HubCache.standardRoot(environment, home: URL(filePath: "/home/x"))
        #expect(root.standardizedFileURL.path == path)
    }

    @Test func theTokenIsTheEnvironmentsOrTheLogins() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("hf_file\n".utf8), to: "token")
        let home = folder.url.path
        #expect(HubCache.standardToken(["HF_HOME": home], home: folder.url) == "hf_file")
        #expect(HubCache.standardToken(["HF_HOME": home, "HF_TOKEN": " hf_own "], home: folder.url) == "hf_own")
        #expect(HubCache.standardToken([:], home: folder.url) == nil)
    }

    @Test(arguments: [
        ("/c/models--org--name/snapshots/0123", "org/name"), ("/c/models--gpt2/snapshots/0123", "gpt2"),
        ("/c/org--name/snapshots/0123", nil), ("/c/models--org--name/blobs/0123", nil), ("/snapshots/0123", nil),
    ])
    func aSnapshotTellsItsModel(_ path: String, _ model: String?) {
        #expect(HubCache.model(ofSnapshot: URL(filePath: path)) == model)
    }
}
