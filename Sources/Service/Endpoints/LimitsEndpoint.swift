internal import HTTPTypes
internal import Imaging
internal import TextNumbers
internal import Web

/// `GET /v1/limits`: what a client may ask for.
enum LimitsEndpoint {
    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/v1/limits", "What a client may ask for",
            details: "Errors that name a limit call it by these names. Sizes in bytes, times in milliseconds unless "
                + "their names say seconds.",
            tag: "Service", responds: .json("Names and values.", Schema(.map(.integer), name: "Limits"))
        ) { _ in .object(limits(of: service).map { JSONMember($0.name, .integer(Int64($0.value))) }) }
    }

    private static func limits(of service: PrismaService) -> [(name: String, value: Int)] {
        let own = service.limits
        return service.transportLimits + [
            ("body", service.webLimits.body),
            ("parts", service.webLimits.parts),
            ("image_pixels", own.image.pixels),
            ("image_side", own.image.side),
            ("inputs", own.inputs),
            ("response_tensors", own.responseTensors),
            ("model_memory", own.modelMemory),
            ("cache_bytes", own.cacheBytes),
            ("cache_seconds", Int(own.cacheLifetime / .seconds(1))),
            ("queue", own.queue),
            ("deadline", Int(own.deadline / .milliseconds(1))),
        ]
    }
}
