import Testing

@testable import Web

struct CompressionTests {
    @Test(
        "shrinks",
        arguments: [
            "application/json", "text/html; charset=utf-8", "text/plain", "application/problem+json",
            "application/x-ndjson",
            "image/svg+xml", "application/wasm", "application/json; charset=utf-8",
        ])
    func compressible(_ type: String) { #expect(Compression.isCompressible(type)) }

    @Test(
        "is left as it is",
        arguments: [
            nil, "", "image/png", "application/x-npz", "application/x-safetensors", "application/octet-stream",
            "font/woff2",
        ])
    func incompressible(_ type: String?) { #expect(!Compression.isCompressible(type)) }
}
