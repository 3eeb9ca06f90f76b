// swift-tools-version: 6.2
import PackageDescription

// Built by `scripts/fuzz/run` alone, which gives the sanitizers' flags.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "prisma-server", path: "../..")],
    targets: [
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                .product(name: "Checkpoints", package: "prisma-server"),
                .product(name: "HookedModels", package: "prisma-server"),
            ],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [
                // libFuzzer brings a main of its own, which stays unused.
                .unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld", "-Xlinker", "--allow-multiple-definition"])
            ])
    ]
)
