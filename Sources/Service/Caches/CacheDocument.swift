internal import Foundation
internal import HookedModels
internal import Tensors
internal import TextNumbers
internal import Web

/// How a cache is shown.
enum CacheDocument {
    static let schema = Schema.object(
        "Cache", "Activations that are kept on the server.",
        properties: [
            .init("id", .string), .init("model", .string), .init("tower", .choice(Tower.allCases.map(\.rawValue))),
            .init("inputs", .integer),
            .init(
                "hooks",
                .list(
                    .object(
                        "CachedHook",
                        properties: [
                            .init("name", .string), .init("shape", .list(.integer)),
                            .init("axes", .list(.string).described("Of the shape, `input` first.")),
                            .init("bytes", .integer),
                        ]))),
            .init("bytes", .integer), .init("created_at", .string),
            .init("expires_at", .string.described("Unless it is used before.")),
            .init("provenance", ModelRun.provenanceSchema),
        ])

    static func members(_ listed: CacheStore.Listed) -> [JSONMember] {
        let cache = listed.cache
        return [
            JSONMember("id", .string(cache.id)), JSONMember("model", .string(cache.model)),
            JSONMember("tower", .string(cache.tower.rawValue)), JSONMember("inputs", .integer(Int64(cache.inputs))),
            JSONMember(
                "hooks",
                .list(
                    cache.hooks.map { hook in
                        [
                            "name": .string(hook.name), "shape": .integers(hook.values.shape),
                            "axes": .strings(["input"] + hook.axes.map(\.rawValue)),
                            "bytes": .integer(Int64(hook.byteCount)),
                        ]
                    })),
            JSONMember("bytes", .integer(Int64(cache.byteCount))),
            JSONMember("created_at", .string(text(cache.created))),
            JSONMember("expires_at", .string(text(listed.expires))), JSONMember("provenance", cache.provenance),
        ]
    }

    /// RFC 3339, in UTC, to the second.
    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
