internal import Foundation
internal import Imaging
internal import Tensors
internal import TextNumbers
internal import Web

/// One entry of `inputs`, before anything is decoded.
enum InputSource: Sendable {
    /// A picture's bytes.
    case image([UInt8])
    /// A picture that came as a part of a multipart body.
    case part(String)
    /// What goes into the model as it is: one input or a batch.
    case tensor(Tensor)
    /// For a text tower, which cuts off what is too long.
    case text(String)
    /// For a text tower: ids as they go into the model.
    case tokens([Int])
}

extension InputSource {
    static let form = Form<InputSource>.oneKey(
        "Input", "One input; a tensor with a batch axis counts as several.",
        Variant("image", image, "A JPEG or PNG.") { $0 },
        Variant("tensor", TensorForm.form, "[C,H,W] or [n,C,H,W], taken as it is.") { .tensor($0) },
        Variant(
            "text", .string(length: 0...1_000_000), "For a text tower; of a long one the first words and the end."
        ) { .text($0) },
        Variant(
            "tokens", .list(of: .integer(0...1_048_575), count: 1...16_384),
            "For a text tower: token ids, begin and end among them; fewer than the context are filled up."
        ) { .tokens($0) })

    private static let image = Form<InputSource>.oneKey(
        "Image", "A picture's bytes, or where they are.",
        Variant("base64", .base64, "The file's bytes.") { (bytes: [UInt8]) in .image(bytes) },
        Variant("part", .string(length: 1...1_024), "The name of a part of the multipart body.") { .part($0) })
}

extension Form where Value == [UInt8] {
    /// Bytes in base64 (RFC 4648, section 4).
    static let base64 = Form<String>.string.map(checking: { (text: String) throws(Mismatch) -> [UInt8] in
        do throws(JSONError) {
            return try Base64.decode(text)
        } catch {
            throw Mismatch("not base64: \(error.reason) at character \(error.position + 1)")
        }
    })
}
