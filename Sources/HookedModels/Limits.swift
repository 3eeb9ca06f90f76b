/// What a model may measure. Far above anything published; a number beyond them is a damaged configuration.
enum Limits {
    static let layers = 1...1_000
    static let width = 1...65_536
    static let heads = 1...4_096
    static let neurons = 1...1_048_576
    static let side = 1...16_384
    static let channels = 1...64
    static let positions = 65_536
    static let vocabulary = 1...1_048_576
    static let classes = 1...1_048_576
    static let context = 1...16_384
}

extension Architecture {
    /// Checks that the numbers fit each other.
    func validate(file: String) throws(ModelError) {
        let fail = { (reason: String) in ModelError.configurationContradicts(file: file, reason: reason) }
        if width % heads != 0 { throw fail("\(heads) heads do not divide a width of \(width)") }
        if patch.height > image.height || patch.width > image.width {
            throw fail("a patch of \(patch.height) × \(patch.width) is larger than \(image.height) × \(image.width)")
        }
        if positions > Limits.positions { throw fail("\(positions) positions, more than \(Limits.positions)") }
        if [.cls, .clsAndMean, .clsThenMean, .clsAndDistillation].contains(pooling), !hasClassToken {
            throw fail("there is no class token to read")
        }
        if pooling == .clsAndMean, classes != nil {
            throw fail("pooling 'cls_and_mean' gives two vectors, of which its head reads one")
        }
        if registers < 0 || registers > Limits.positions { throw fail("\(registers) registers") }
        if !(eps >= 0 && eps < 1) { throw fail("an eps of \(eps)") }
    }
}
