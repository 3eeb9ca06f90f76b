import Foundation
import Testing

/// An array written by numpy, as much of the format as the fixtures use.
struct NpyFixture {
    let shape: [Int]
    let payload: [UInt8]

    init(_ path: String) throws {
        let file = try Golden.bytes(path)
        let length = Int(file[8]) | Int(file[9]) << 8
        let header = try #require(String(bytes: file[10..<(10 + length)], encoding: .utf8))
        let shape = try #require(header.firstMatch(of: /'shape': \(([0-9, ]*)\)/)).output.1
        self.shape = shape.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        payload = Array(file[(10 + length)...])
    }

    var floats: [Float] {
        payload.withUnsafeBytes { bytes in
            (0..<(bytes.count / 4)).map {
                Float(bitPattern: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
            }
        }
    }
}
