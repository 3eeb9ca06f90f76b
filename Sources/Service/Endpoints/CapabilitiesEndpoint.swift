internal import HTTP
internal import HTTPTypes
internal import HookedModels
internal import Tensors
internal import TextNumbers
internal import Web

/// `GET /v1/capabilities`: what this server can do, derived from what it is made of.
enum CapabilitiesEndpoint {
    private static let schema = Schema.object(
        "Capabilities",
        properties: [
            .init(
                "families",
                .list(.object(properties: [.init("name", .string), .init("summary", .string)])).described(
                    "Ways of writing checkpoints down that are read.")),
            .init("sae_formats", .list(.string)),
            .init(
                "analyses",
                .list(
                    .object(
                        "Analysis",
                        properties: [
                            .init("name", .string), .init("path", .string), .init("summary", .string),
                            .init("responses", .list(.string).described("Media types, the default first.")),
                        ])
                ).described("What can be asked of a model with inputs.")),
            .init("datasets", .list(.string)),
            .init(
                "media_types",
                .object(properties: [.init("requests", .list(.string)), .init("responses", .list(.string))])),
            .init("instruction_set", .choice(InstructionSet.allCases.map { "\($0)" })),
            .init("threads", .integer),
        ])

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/capabilities", "What this server can do",
            details: "Families of models, analyses and media types as they are built in, and what it computes with.",
            tag: "Service", responds: .json("Names.", schema)
        ) { _ in document(Catalog.all.map { $0(service) }) }
    }

    private static func document(_ endpoints: [Endpoint]) -> JSONValue {
        let analyses = endpoints.filter { $0.description.tag == ModelBody.tag }
        return [
            "families": .list(
                FamilyCatalog.all.map { ["name": .string($0.name), "summary": .string($0.summary)] }),
            "sae_formats": .array([]),
            "analyses": .list(analyses.map(analysis)),
            "datasets": .array([]),
            "media_types": [
                "requests": .strings(types(endpoints.flatMap { $0.description.request?.media ?? [] })),
                "responses": .strings(types(endpoints.flatMap(\.description.response.media))),
            ],
            "instruction_set": .string("\(KernelChoice.current)"),
            "threads": .integer(Int64(Threads.available)),
        ]
    }

    private static func analysis(_ endpoint: Endpoint) -> JSONValue {
        [
            "name": .string(endpoint.path.description.split(separator: "/").last.map { String($0) } ?? ""),
            "path": .string(endpoint.path.description),
            "summary": .string(endpoint.description.summary),
            "responses": .strings(types(endpoint.description.response.media)),
        ]
    }

    private static func types(_ media: [EndpointDescription.Medium]) -> [String] {
        media.map(\.mediaType.essence).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
