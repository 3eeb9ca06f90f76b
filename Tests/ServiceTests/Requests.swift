import Foundation
import HTTPTypes
import ServiceTesting
import TextNumbers
import Web

/// Parts of requests that tests share.
enum Requests {
    /// A picture of the tiny models' size.
    static let picture = SmallPNG(noise: 1).bytes
    /// Another one.
    static let otherPicture = SmallPNG(noise: 2).bytes

    /// One entry of `inputs`.
    static func image(_ bytes: [UInt8]) -> JSONValue { ["image": ["base64": .string(Base64.encode(bytes))]] }

    /// A document with one picture and further members.
    static func document(_ more: JSONValue = [:], picture: [UInt8] = picture) -> JSONValue {
        .object([JSONMember("inputs", .array([image(picture)]))] + (more.object ?? []))
    }

    /// A tensor of the tiny models' input, each element one value.
    static func tensor(_ value: Double, shape: [Int] = [3, 32, 32]) -> JSONValue {
        [
            "tensor": [
                "datatype": "FP32", "shape": .list(shape.map { .integer(Int64($0)) }),
                "data": .numbers(Array(repeating: value, count: shape.reduce(1, *))),
            ]
        ]
    }

    /// A file of the committed pictures.
    static func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Golden.fixtures.appending(path: "images/\(name)")))
    }

    static func accepting(_ type: String) -> HTTPFields { [.accept: type] }
}

extension Answer {
    /// What a problem says.
    var detail: String { (try? json)?["detail"]?.string ?? "" }

    /// Pointers, or parameters, and what is wrong there.
    var fieldErrors: [(place: String, detail: String)] {
        ((try? json)?["errors"]?.array ?? []).map { error in
            (error["pointer"]?.string ?? error["parameter"]?.string ?? "", error["detail"]?.string ?? "")
        }
    }
}
