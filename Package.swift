// swift-tools-version: 6.2
import PackageDescription

// Every target compiles under these. Unsafe constructs are an error where they are not marked, so that
// an unsafe pointer cannot slip into a target that is not a home for them (see `atHomeWithPointers`).
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
let withoutPointers = strict + [.strictMemorySafety()]
let atHomeWithPointers = strict

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

// In the order of the layers: a target depends on targets below it only.
let package = Package(
    name: "prisma-server",
    products: [
        .executable(name: "prisma", targets: ["prisma"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // 7: the command line and the wiring.
        .executableTarget(
            name: "prisma",
            dependencies: [
                "Service", "Transport", "HookedModels", "Checkpoints", "Imaging", "Scheduling", "Tensors", "Web", "HTTP",
                "TextNumbers", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: withoutPointers),

        // 6: endpoints and registries.
        .target(
            name: "Service",
            dependencies: [
                "HookedModels", "Checkpoints", "Imaging", "Scheduling", "Tensors", "Web", "HTTP", "TextNumbers", httpTypes,
                logging,
            ],
            swiftSettings: withoutPointers),

        // 3: the hooked models.
        .target(
            name: "HookedModels", dependencies: ["Checkpoints", "Imaging", "Tensors", "TextNumbers"],
            swiftSettings: withoutPointers),

        // 2: borders to files, sockets and messages.
        .target(name: "Imaging", dependencies: ["Tensors", "CImageCodecs"], swiftSettings: atHomeWithPointers),
        .target(
            name: "Checkpoints", dependencies: ["Tensors", "TextNumbers", "CZlib", "COpenSSL"],
            swiftSettings: atHomeWithPointers),
        .target(name: "Web", dependencies: ["HTTP", "TextNumbers", httpTypes, logging], swiftSettings: withoutPointers),
        .target(name: "Transport", dependencies: ["HTTP", httpTypes, logging], swiftSettings: atHomeWithPointers),
        .target(name: "Scheduling", dependencies: [], swiftSettings: withoutPointers),

        // 1: values and kernels.
        .target(name: "HTTP", dependencies: ["CZlib", httpTypes], swiftSettings: atHomeWithPointers),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CVectorKernels"], swiftSettings: atHomeWithPointers),
        .target(name: "TextNumbers", dependencies: [], swiftSettings: withoutPointers),

        // 0: C. System libraries, and shims of ours for what Swift cannot reach.
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("z")]),
        .target(name: "CVectorKernels"),

        // Tests. ServiceTesting is what they share.
        .target(
            name: "ServiceTesting",
            dependencies: ["Service", "HookedModels", "Checkpoints", "Tensors", "Web", "HTTP", "TextNumbers", httpTypes],
            path: "Tests/ServiceTesting", swiftSettings: strict),
        .testTarget(
            name: "TensorsTests", dependencies: ["Tensors", "CVectorKernels", "ServiceTesting"], swiftSettings: strict),
        .testTarget(name: "TextNumbersTests", dependencies: ["TextNumbers"], swiftSettings: strict),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", httpTypes], swiftSettings: strict),
        .testTarget(name: "TransportTests", dependencies: ["Transport", "HTTP", httpTypes], swiftSettings: strict),
        .testTarget(name: "WebTests", dependencies: ["Web", "HTTP", "TextNumbers", httpTypes], swiftSettings: strict),
        .testTarget(name: "SchedulingTests", dependencies: ["Scheduling"], swiftSettings: strict),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging", "Tensors"], swiftSettings: strict),
        .testTarget(
            name: "CheckpointsTests", dependencies: ["Checkpoints", "Tensors", "TextNumbers"], swiftSettings: strict),
        .testTarget(
            name: "HookedModelsTests", dependencies: ["HookedModels", "ServiceTesting"], swiftSettings: strict),
        .testTarget(name: "ServiceTests", dependencies: ["Service", "ServiceTesting"], swiftSettings: strict),
        .testTarget(
            name: "ParityTests",
            dependencies: ["HookedModels", "Imaging", "Checkpoints", "Tensors", "TextNumbers", "ServiceTesting"],
            swiftSettings: strict),
        .testTarget(name: "ServerTests", dependencies: ["Service", "Transport", "ServiceTesting"], swiftSettings: strict),
    ]
)
