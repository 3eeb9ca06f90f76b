internal import Web

/// Every endpoint, in the order in which the documentation lists them. A new one is a file in `Endpoints` and a line here.
enum Catalog {
    static let all: [@Sendable (PrismaService) -> Endpoint] = [
        HealthEndpoints.healthz,
        HealthEndpoints.livez,
        HealthEndpoints.readyz,
        MetricsEndpoint.make,
        LimitsEndpoint.make,
        VersionEndpoint.make,
        CapabilitiesEndpoint.make,
        RegistryEndpoint.make,
        ModelEndpoints.list,
        ModelEndpoints.detail,
        LoadEndpoints.load,
        LoadEndpoints.unload,
        HooksEndpoint.make,
        WeightEndpoints.list,
        WeightEndpoints.detail,
        CircuitsEndpoint.make,
        ClassifierEndpoints.create,
        ClassifierEndpoints.list,
        ClassifierEndpoints.detail,
        ClassifierEndpoints.remove,
        PredictEndpoint.make,
        RunEndpoint.make,
        ActivationsEndpoint.make,
        AttentionEndpoint.make,
        LogitLensEndpoint.make,
        AttributionEndpoint.make,
        PatchingEndpoint.make,
    ]
}
