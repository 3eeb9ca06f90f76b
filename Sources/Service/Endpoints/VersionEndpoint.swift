internal import HTTPTypes
internal import Tensors
internal import TextNumbers
internal import Web

/// `GET /v1/version`: what runs here, and what it computes with.
enum VersionEndpoint {
    @Sendable static func make(_ service: PrismaService) -> Endpoint {
        let schema = Schema.object(
            "Version",
            properties: [
                .init("name", .string), .init("version", .string),
                .init("kernels", .choice(InstructionSet.allCases.map { "\($0)" })), .init("blas", .string),
                .init("threads", .integer),
            ])
        return Endpoint(
            .get, "/v1/version", "What runs here", tag: "Service",
            responds: .json("The version, and what it computes with.", schema)
        ) { _ in
            [
                "name": .string(ServerVersion.name), "version": .string(ServerVersion.number),
                "kernels": .string("\(KernelChoice.current)"),
                "blas": .string("OpenBLAS \(ComputeDescription.openBLASCore)"),
                "threads": .integer(Int64(Threads.available)),
            ]
        }
    }
}
