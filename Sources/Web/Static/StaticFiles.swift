import Foundation
import HTTP
import HTTPTypes

/// Serves the files below one directory, and nothing else: symbolic links are resolved before a path is believed to be
/// below it, names that begin with a dot are not there, directories answer with their `index.html` or not at all.
///
/// Small files are kept in memory up to a bound and checked against the disk by size and time; larger ones are read in
/// pieces while they are sent.
public struct StaticFiles: Sendable {
    /// A file that is there.
    struct File: Sendable, Equatable {
        var path: String
        var size: Int
        var tag: ETag
    }

    private let root: String
    private let cache: FileCache

    /// - Parameters:
    ///   - root: A directory.
    ///   - cacheBytes: How much is kept in memory.
    public init(root: String, cacheBytes: Int = 32 << 20) {
        self.root = URL(fileURLWithPath: root, isDirectory: true).resolvingSymlinksInPath().path
        cache = FileCache(maximumBytes: cacheBytes, maximumFile: 1 << 20)
    }

    /// - Parameter segments: Of the path, decoded.
    func find(_ segments: [String]) -> File? {
        guard !segments.contains(where: { $0.hasPrefix(".") }) else { return nil }
        let wanted = ([root] + segments).joined(separator: "/")
        return regularFile(wanted) ?? regularFile(wanted + "/" + Self.page)
    }

    /// Whether the path is a folder that answers with its page.
    func hasPage(of segments: [String]) -> Bool { segments.last != Self.page && find(segments + [Self.page]) != nil }

    private static let page = "index.html"

    private func regularFile(_ path: String) -> File? {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard resolved.hasPrefix(root + "/"),
            let attributes = try? FileManager.default.attributesOfItem(atPath: resolved),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let size = (attributes[.size] as? NSNumber)?.intValue, let date = attributes[.modificationDate] as? Date
        else { return nil }
        let time = Int64(date.timeIntervalSince1970 * 1e6)
        return File(path: resolved, size: size, tag: ETag(String(size, radix: 16) + "-" + String(time, radix: 16)))
    }

    /// 200, 206, 304 or 416.
    /// - Throws: When the file cannot be read after all.
    func response(_ file: File, _ head: HTTPRequest) throws -> Response {
        var fields = Self.securityFields
        fields[.contentType] = Self.mediaType(of: file.path)
        fields[.eTag] = file.tag.description
        fields[.acceptRanges] = "bytes"
        fields[.cacheControl] = "no-cache"
        if let known = head.headerFields[.ifNoneMatch], file.tag.isNamed(byIfNoneMatch: known) {
            fields[.contentType] = nil
            return Response(status: .notModified, headerFields: fields)
        }
        let isSame = head.headerFields[.ifRange].map { file.tag.holds(forIfRange: $0) } ?? true
        let range = ByteRange(parsing: isSame ? head.headerFields[.range] : nil, size: file.size)
        fields[.contentRange] = range.contentRange(size: file.size)
        switch range {
        case .whole: return Response(status: .ok, headerFields: fields, body: try body(file, 0..<file.size))
        case .part(let part):
            return Response(status: .partialContent, headerFields: fields, body: try body(file, part))
        case .unsatisfiable:
            throw Problem(
                .rangeNotSatisfiable, "The file has \(file.size) bytes; nothing of the range exists.",
                headerFields: [.contentRange: "bytes */\(file.size)"])
        }
    }

    private func body(_ file: File, _ range: Range<Int>) throws -> ResponseBody {
        if let bytes = try cache.bytes(of: file) { return .bytes(Array(bytes[range])) }
        return .stream(contentLength: range.count) { writer in
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(range.lowerBound))
            var left = range.count
            while left > 0 {
                guard let piece = try handle.read(upToCount: min(left, Self.piece)), !piece.isEmpty else {
                    throw HTTPError(.internalServerError, "The file became shorter while it was sent.")
                }
                left -= piece.count
                try await writer.write([UInt8](piece))
            }
        }
    }

    private static let piece = 256 << 10

    /// Scripts, styles and pictures from here only, nothing inline, nobody's frame.
    static let securityFields: HTTPFields = [
        .contentSecurityPolicy: "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            + "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
            + "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        .xContentTypeOptions: "nosniff",
        fieldName("Referrer-Policy"): "no-referrer",
        fieldName("Cross-Origin-Opener-Policy"): "same-origin",
        .crossOriginResourcePolicy: "same-origin",
    ]

    static func mediaType(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        let ending = name.split(separator: ".").dropFirst().last.map { $0.lowercased() } ?? ""
        return mediaTypes[ending] ?? "application/octet-stream"
    }

    private static let mediaTypes = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
        "json": "application/json", "map": "application/json", "webmanifest": "application/manifest+json",
        "txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8", "xml": "application/xml",
        "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
        "webp": "image/webp", "avif": "image/avif", "ico": "image/x-icon",
        "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
        "wasm": "application/wasm", "pdf": "application/pdf", "mp4": "video/mp4", "webm": "video/webm",
    ]
}
