internal import HTTPTypes
internal import TextNumbers
internal import Web

/// Whether the server lives, and whether it is ready for work.
enum HealthEndpoints {
    @Sendable static func healthz(_ service: PrismaService) -> Endpoint { alive("/healthz") }

    @Sendable static func livez(_ service: PrismaService) -> Endpoint { alive("/livez") }

    private static func alive(_ path: PathPattern) -> Endpoint {
        Endpoint(
            .get, path, "Is the server alive", tag: "Service",
            responds: .json(
                "It is.", .object(properties: [.init("status", .choice(["ok"]))]), example: ["status": "ok"])
        ) { _ in ["status": "ok"] }
    }

    @Sendable static func readyz(_ service: PrismaService) -> Endpoint {
        let schema = Schema.object(
            "Readiness",
            properties: [
                .init("status", .choice(["ready"])),
                .init("failed", .list(.object(properties: [.init("id", .string), .init("reason", .string)]))),
            ])
        return Endpoint(
            .get, "/readyz", "Is the server ready",
            details: "Ready is: every configured model is loaded or has failed, and the queue takes work.",
            tag: "Service",
            responds: .json("It is. Models that failed are listed with the reasons.", schema),
            errors: [.serviceUnavailable: "Models are being loaded, or the server is stopping."]
        ) { _ in
            guard service.lane.isAccepting else {
                throw Problem(.serviceUnavailable, "The server is stopping.", headerFields: [.retryAfter: "5"])
            }
            guard service.models.isSettled else {
                throw Problem(.serviceUnavailable, "Models are being loaded.", headerFields: [.retryAfter: "2"])
            }
            let failed = service.models.failures.map { failure -> JSONValue in
                ["id": .string(failure.id), "reason": .string(failure.reason)]
            }
            return ["status": "ready", "failed": .list(failed)]
        }
    }
}
