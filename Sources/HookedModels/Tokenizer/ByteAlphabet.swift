/// The letters that stand for bytes in a vocabulary, as GPT-2 has them (Radford et al. 2019): a byte that is a visible
/// letter of Latin-1 stands for itself, and the others take the letters from U+0100 on, so that no piece of a word holds
/// a space or a control character.
enum ByteAlphabet {
    /// By byte.
    static let letters: [Unicode.Scalar] = {
        var letters = [Unicode.Scalar](repeating: " ", count: 256)
        var next: UInt16 = 0x100
        for byte in 0...255 {
            if isVisible(byte) {
                letters[byte] = Unicode.Scalar(UInt8(byte))
            } else if let scalar = Unicode.Scalar(next) {
                letters[byte] = scalar
                next += 1
            }
        }
        return letters
    }()

    /// The bytes in the order in which CLIP's vocabulary numbers them: the visible ones first.
    static let order: [Int] = (0...255).filter(isVisible) + (0...255).filter { !isVisible($0) }

    private static func isVisible(_ byte: Int) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
    }
}
