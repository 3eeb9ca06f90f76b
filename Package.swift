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

// What a target's folder holds beside its sources.
let readMe = ["README.md"]

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting]) -> Target {
    .target(name: name, dependencies: dependencies, exclude: readMe, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

// In the order of the layers: a target depends on targets below it only.
let package = Package(
    name: "prisma-server",
    products: [
        .executable(name: "prisma", targets: ["prisma"]),
        // What programs beside the server use, the benchmarks among them.
        .library(name: "HookedModels", targets: ["HookedModels"]),
        .library(name: "Checkpoints", targets: ["Checkpoints"]),
        .library(name: "Tensors", targets: ["Tensors"]),
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
                "Service", "Transport", "Hub", "HookedModels", "Checkpoints", "Imaging", "Tensors", "Web", "HTTP",
                "TextNumbers", logging, argumentParser, .product(name: "Yams", package: "Yams"),
            ],
            exclude: readMe, swiftSettings: withoutPointers),

        // 6: endpoints and registries.
        library(
            "Service",
            [
                "Interpretability", "HookedModels", "Checkpoints", "Imaging", "Scheduling", "Tensors", "Web", "HTTP",
                "TextNumbers", httpTypes, logging,
            ], withoutPointers),

        // 4: models out of a hub. For the command line alone: the server fetches nothing.
        library("Hub", ["Checkpoints", "TextNumbers"], withoutPointers),

        // 5: what can be read out of activations.
        library("Interpretability", ["HookedModels", "Tensors"], withoutPointers),

        // 3: the hooked models.
        library("HookedModels", ["Checkpoints", "Imaging", "Tensors", "TextNumbers", "Resources"], withoutPointers),

        // 2: borders to files, sockets and messages.
        library("Imaging", ["Tensors", "Resources", "CImageCodecs"], atHomeWithPointers),
        library("Checkpoints", ["Tensors", "TextNumbers", "CZlib", "COpenSSL"], atHomeWithPointers),
        library("Web", ["HTTP", "TextNumbers", httpTypes, logging], withoutPointers),
        library("Transport", ["HTTP", httpTypes, logging], atHomeWithPointers),
        library("Scheduling", [], withoutPointers),

        // 1: values and kernels.
        library("HTTP", ["CZlib", httpTypes], atHomeWithPointers),
        library("Tensors", ["COpenBLAS", "CVectorKernels"], atHomeWithPointers),
        library("TextNumbers", [], withoutPointers),
        library("Resources", ["CResources"], atHomeWithPointers),

        // 0: C. System libraries, and shims of ours for what Swift cannot reach.
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "CImageCodecs", exclude: readMe,
            linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("z")]),
        .target(name: "CVectorKernels", exclude: readMe + ["kernels.inc", "adjoints.inc"]),
        .target(name: "CResources", exclude: readMe + ["data"]),

        // Tests. ServiceTesting is what they share.
        .target(
            name: "ServiceTesting",
            dependencies: [
                "Service", "Transport", "HookedModels", "Checkpoints", "Tensors", "Web", "HTTP", "TextNumbers",
                httpTypes,
                logging,
            ],
            path: "Tests/ServiceTesting", swiftSettings: strict),
        tests("TensorsTests", ["Tensors", "CVectorKernels", "ServiceTesting"]),
        tests("TextNumbersTests", ["TextNumbers"]),
        tests("HTTPTests", ["HTTP", httpTypes]),
        tests("TransportTests", ["Transport", "HTTP", httpTypes, logging]),
        tests("WebTests", ["Web", "HTTP", "TextNumbers", httpTypes, logging]),
        tests("SchedulingTests", ["Scheduling"]),
        tests("ResourcesTests", ["Resources"]),
        tests("ImagingTests", ["Imaging", "Tensors", "Resources"]),
        tests("CheckpointsTests", ["Checkpoints", "Tensors", "TextNumbers"]),
        tests("HubTests", ["Hub", "ServiceTesting"]),
        tests(
            "HookedModelsTests",
            ["HookedModels", "Checkpoints", "Imaging", "Tensors", "TextNumbers", "Resources", "ServiceTesting"]),
        tests("AttacksTests", ["HookedModels", "Checkpoints", "ServiceTesting"]),
        tests(
            "InterpretabilityTests",
            ["Interpretability", "HookedModels", "Checkpoints", "Tensors", "TextNumbers", "ServiceTesting"]),
        tests(
            "ServiceTests",
            [
                "Service", "Interpretability", "HookedModels", "Checkpoints", "Imaging", "Tensors", "Web", "HTTP",
                "TextNumbers", httpTypes,
                logging, "ServiceTesting",
            ]),
        tests(
            "ParityTests", ["HookedModels", "Imaging", "Checkpoints", "Tensors", "TextNumbers", "ServiceTesting"]),
        tests(
            "ServerTests",
            [
                "prisma", "Service", "Transport", "HookedModels", "Checkpoints", "Imaging", "Tensors", "Web", "HTTP",
                "TextNumbers", httpTypes, logging, "ServiceTesting",
            ]),
    ]
)
