import Foundation
import HTTP
import HTTPTypes
import Testing
import TextNumbers
import Web

/// A directory of its own for each test, and one beside it that nothing may reach.
final class StaticFilesTests {
    private let folder: URL
    private let application: HTTPApplication
    private static let large = [UInt8](repeating: 7, count: 500_000) + (0..<1_000_000).map { UInt8($0 % 251) }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("static-\(UUID().uuidString)")
        let root = folder.appendingPathComponent("public")
        let manager = FileManager.default
        try manager.createDirectory(at: root.appendingPathComponent("assets/empty"), withIntermediateDirectories: true)
        try Data("<h1>hello</h1>".utf8).write(to: root.appendingPathComponent("index.html"))
        try manager.createDirectory(at: root.appendingPathComponent("page"), withIntermediateDirectories: true)
        try Data("<h1>page</h1>".utf8).write(to: root.appendingPathComponent("page/index.html"))
        try Data("0123456789".utf8).write(to: root.appendingPathComponent("assets/digits.txt"))
        try Data(Self.large).write(to: root.appendingPathComponent("assets/large.bin"))
        try Data("x".utf8).write(to: root.appendingPathComponent(".hidden"))
        try Data("secret".utf8).write(to: folder.appendingPathComponent("secret.txt"))
        let links = [
            ("out.txt", "../secret.txt"), ("outside", ".."), ("inside.txt", "assets/digits.txt"), ("dangling", "no"),
        ]
        for (name, target) in links {
            try manager.createSymbolicLink(
                atPath: root.appendingPathComponent(name).path, withDestinationPath: target)
        }
        application = SampleApplication.make(files: StaticFiles(root: root.path))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A page's path with a slash at its end leads to the page; nothing leads to another host.
    @Test func aSlashAtTheEndIsTakenAway() async throws {
        for (target, place) in [("/page/", "/page"), ("/page/?a=b", "/page?a=b")] {
            let answer = try await application.ask(.get, target)
            #expect(answer.status == 308 && answer.head.headerFields[.location] == place, "\(target)")
        }
        for target in [
            "//page/", "/page//", "/page/index.html/", "/assets/digits.txt/", "/assets/empty/", "/no/",
            "/../secret.txt/", "/.hidden/",
        ] {
            #expect(try await application.ask(.get, target).status == 404, "\(target)")
        }
        #expect(try await application.ask(.post, "/page/").status == 404)
    }

    @Test(
        "serves",
        arguments: [
            ("/", "text/html; charset=utf-8", "<h1>hello</h1>"),
            ("/index.html", "text/html; charset=utf-8", "<h1>hello</h1>"),
            ("/assets/digits.txt", "text/plain; charset=utf-8", "0123456789"),
            ("/inside.txt", "text/plain; charset=utf-8", "0123456789"),
            ("/assets/digits.txt?v=3", "text/plain; charset=utf-8", "0123456789"),
        ])
    func serves(_ target: String, _ type: String, _ text: String) async throws {
        for _ in 0..<2 {  // from the disk, then from memory
            let answer = try await application.ask(.get, target)
            #expect(answer.status == 200)
            #expect(answer.text == text)
            #expect(answer.head.headerFields[.contentType] == type)
            #expect(answer.head.headerFields[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
            #expect(answer.head.headerFields[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test(
        "does not serve",
        arguments: [
            "/assets", "/assets/", "/assets/empty", "/.hidden", "/nothing", "/../secret.txt", "/..%2fsecret.txt",
            "/assets/%2e%2e/%2e%2e/secret.txt", "/out.txt", "/outside/secret.txt", "/outside", "/dangling",
            "//index.html",
            "/assets\\digits.txt", "/assets/digits.txt/", "/assets/digits.txt%00", "/secret.txt",
        ])
    func refuses(_ target: String) async throws {
        let answer = try await application.ask(.get, target)
        #expect(answer.status == 404)
        #expect(!answer.text.contains("secret\""))
    }

    @Test func onlyReadingIsAllowed() async throws {
        let answer = try await application.ask(.post, "/index.html")
        #expect(answer.status == 405)
        #expect(answer.head.headerFields[.allow] == "GET, HEAD, OPTIONS")
        #expect(try await application.ask(.options, "/index.html").status == 204)
    }

    @Test func anUnchangedFileIsNotSentAgainAndAChangedOneIs() async throws {
        let first = try await application.ask(.get, "/assets/digits.txt")
        let tag = try #require(first.head.headerFields[.eTag])
        let again = try await application.ask(.get, "/assets/digits.txt", fields: [.ifNoneMatch: tag])
        #expect(again.status == 304 && again.bytes.isEmpty)
        #expect(again.head.headerFields[.eTag] == tag)

        try Data("changed".utf8).write(to: folder.appendingPathComponent("public/assets/digits.txt"))
        let changed = try await application.ask(.get, "/assets/digits.txt", fields: [.ifNoneMatch: tag])
        #expect(changed.status == 200 && changed.text == "changed")
        #expect(changed.head.headerFields[.eTag] != tag)
    }

    @Test(
        "ranges",
        arguments: [
            ("bytes=2-4", 206, "234", "bytes 2-4/10"), ("bytes=7-", 206, "789", "bytes 7-9/10"),
            ("bytes=-3", 206, "789", "bytes 7-9/10"), ("bytes=0-99", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=0-1,3-4", 200, "0123456789", nil), ("lines=1-2", 200, "0123456789", nil),
        ] as [(String, Int, String, String?)])
    func ranges(_ range: String, _ status: Int, _ text: String, _ contentRange: String?) async throws {
        let answer = try await application.ask(.get, "/assets/digits.txt", fields: [.range: range])
        #expect(answer.status == status)
        #expect(answer.text == text)
        #expect(answer.head.headerFields[.contentRange] == contentRange)
    }

    @Test func aRangeThatDoesNotExistIsA416() async throws {
        let answer = try await application.ask(.get, "/assets/digits.txt", fields: [.range: "bytes=10-"])
        #expect(answer.status == 416)
        #expect(answer.head.headerFields[.contentRange] == "bytes */10")
        #expect(try answer.json["detail"] == "The file has 10 bytes; nothing of the range exists.")
    }

    @Test func aRangeOfAnOldVersionIsTheWholeNewOne() async throws {
        let tag = try #require(try await application.ask(.get, "/assets/digits.txt").head.headerFields[.eTag])
        let same = try await application.ask(.get, "/assets/digits.txt", fields: [.range: "bytes=0-0", .ifRange: tag])
        #expect(same.status == 206)
        let other = try await application.ask(
            .get, "/assets/digits.txt", fields: [.range: "bytes=0-0", .ifRange: "\"old\""])
        #expect(other.status == 200)
    }

    @Test func aLargeFileIsStreamedWholeAndInPart() async throws {
        let whole = try await application.ask(.get, "/assets/large.bin")
        #expect(whole.bytes == Self.large)
        #expect(whole.head.headerFields[.contentType] == "application/octet-stream")
        let part = try await application.ask(.get, "/assets/large.bin", fields: [.range: "bytes=300000-999999"])
        #expect(part.bytes == Array(Self.large[300_000..<1_000_000]))
    }

    @Test func theCacheKeepsToItsBound() async throws {
        let root = folder.appendingPathComponent("public")
        for i in 0..<20 { try Data(repeating: UInt8(i), count: 1_000).write(to: root.appendingPathComponent("f\(i)")) }
        let small = SampleApplication.make(files: StaticFiles(root: root.path, cacheBytes: 3_500))
        for _ in 0..<2 {
            for i in 0..<20 {
                let answer = try await small.ask(.get, "/f\(i)")
                #expect(answer.bytes == [UInt8](repeating: UInt8(i), count: 1_000))
            }
        }
    }
}
