import Foundation
import HookedModels
import Service
import ServiceTesting
import Testing
import TextNumbers

@testable import prisma

@Suite struct ModelFolderTests {
    private func folder(_ files: [String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for file in files { try folder.write([1], to: file) }
        return folder
    }

    @Test func everyDirectoryWithWeightsIsAModel() throws {
        let folder = try folder([
            "b/model.safetensors", "a/model-00001-of-00002.safetensors", "google/vit-base/model.safetensors",
            "c.d_e-F/pytorch_model.bin", "notes/readme.txt", "loose.safetensors.txt", ".cache/x/model.safetensors",
            "deep/er/and/deeper/model.safetensors", "b/inner/model.safetensors", "colon:1/model.safetensors",
        ])
        let found = try ModelFolder(folder.url.path)
        #expect(found.sources.map(\.id) == ["a", "b", "c.d_e-F", "colon--1", "google--vit-base"])
        #expect(found.notes.isEmpty)
        let hub = try #require(found.sources.last)
        #expect(hub.path.path == folder.url.appending(path: "google/vit-base").path)
        #expect(hub.options.hubName == "google/vit-base")
        #expect(found.sources.first?.options.hubName == nil)
    }

    @Test func aFolderThatIsACheckpointIsServedUnderItsName() throws {
        let folder = try folder(["vit/model.safetensors"])
        #expect(try ModelFolder(folder.url.appending(path: "vit").path).sources.map(\.id) == ["vit"])
    }

    @Test(arguments: ["my model", "é", "a@b", String(repeating: "a", count: 129)])
    func aNameThatIsNoIDIsLeftOutAndSaid(_ name: String) throws {
        let folder = try folder(["\(name)/model.safetensors", "good/model.safetensors"])
        let found = try ModelFolder(folder.url.path)
        #expect(found.sources.map(\.id) == ["good"])
        #expect(found.notes.count == 1)
        #expect(found.notes.first?.hasPrefix("'\(name)' is not served: an id has") == true)
    }

    @Test func twoDirectoriesOfOneIDAreRefused() throws {
        let folder = try folder(["a/b/model.safetensors", "a--b/model.safetensors"])
        let error = try #require(throws: ConfigurationError.self) { try ModelFolder(folder.url.path) }
        #expect(error.mistakes.count == 1)
        #expect(error.mistakes.first?.hasPrefix("two directories would be served as 'a--b'") == true)
    }

    @Test func aFolderThatIsNotThereIsRefused() throws {
        let folder = try folder(["file"])
        for path in ["nowhere", "file"] {
            let error = try #require(throws: ConfigurationError.self) {
                try ModelFolder(folder.url.appending(path: path).path)
            }
            #expect(error.description == "\(path): there is no such folder of models, or it cannot be read")
        }
    }

    @Test func aLinkThatLeadsBackIsNoTrap() throws {
        let folder = try folder(["a/model.safetensors"])
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "loop"), withDestinationURL: folder.url)
        let ids = try ModelFolder(folder.url.path).sources.map(\.id)
        #expect(ids.contains("a") && ids.count <= 3)
    }

    @Test func anIDOfTheConfigurationIsNotTakenTwice() throws {
        let folder = try folder(["a/model.safetensors", "b/model.safetensors"])
        var configuration = try Configuration(
            ["models": [["id": "a", "path": "x"]]], file: "test.yaml", folder: URL(filePath: "/srv/"))
        let sources = try ModelFolder(folder.url.path).sources
        let error = try #require(throws: ConfigurationError.self) { try configuration.add(sources) }
        #expect(error.description.hasPrefix("test.yaml: 'a' is configured here, and the folder of models has 'a'"))
        try configuration.add(sources.filter { $0.id == "b" })
        #expect(configuration.models.map(\.id) == ["a", "b"])
    }

    @Test(
        arguments: [
            (["bin/prisma", "bin/public/index.html"], "bin/public"),
            (["bin/prisma", "share/prisma/public/index.html"], "share/prisma/public"),
            ([".build/x86/debug/prisma", "Package.swift", "public/index.html"], "public"),
            ([".build/x86/debug/prisma", "public/index.html"], nil), (["bin/prisma", "bin/public/other.html"], nil),
        ] as [([String], String?)])
    func theViewerIsFoundBesideTheProgram(_ files: [String], _ expected: String?) throws {
        let folder = try folder(files)
        let program = folder.url.appending(path: files[0]).deletingLastPathComponent()
        #expect(PublicFolder.find(from: program)?.path == expected.map { folder.url.appending(path: $0).path })
    }
}
