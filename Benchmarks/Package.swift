// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the server resolves nothing that only measurements need.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "prisma-server", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "Forward",
            dependencies: [
                .product(name: "HookedModels", package: "prisma-server"),
                .product(name: "Checkpoints", package: "prisma-server"),
                .product(name: "Tensors", package: "prisma-server"),
            ]),
        .executableTarget(
            name: "Gradient",
            dependencies: [
                .product(name: "HookedModels", package: "prisma-server"),
                .product(name: "Checkpoints", package: "prisma-server"),
                .product(name: "Tensors", package: "prisma-server"),
            ]),
        .executableTarget(name: "BareDispatch"),
    ]
)
