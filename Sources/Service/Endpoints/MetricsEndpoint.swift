internal import HTTP
internal import HTTPTypes
internal import Web

/// `GET /metrics`: what the server has done, for Prometheus.
enum MetricsEndpoint {
    private static let mediaType: MediaType = {
        guard let type = MediaType(parsing: "text/plain; version=0.0.4; charset=utf-8") else {
            preconditionFailure("the media type of Prometheus' text is one")
        }
        return type
    }()

    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        Endpoint(
            .get, "/metrics", "Figures for Prometheus",
            details:
                "Requests by route, method and status, with their durations; the compute lane's queue, batches and "
                + "time; models and stored caches and their memory; connections; the process. Routes are patterns such as "
                + "`/v1/models/{model}/predict`; `other` are static files and paths that lead nowhere.",
            tag: "Service",
            responds: ResponseForm("Prometheus' text format, version 0.0.4.", [TextBody(mediaType)])
        ) { _ in service.metrics.text(service.models, service.lane.metrics, service.caches) }
    }
}
