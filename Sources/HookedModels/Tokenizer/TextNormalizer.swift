internal import Foundation

/// What is done to a text before it is taken apart: canonical composition (NFC), runs of white space become one space, and
/// letters become small, each by itself, so that a sigma at a word's end is as any other.
enum TextNormalizer {
    static func normalized(_ text: String) -> String {
        let composed = text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
        var result = String.UnicodeScalarView()
        var isAfterSpace = false
        for scalar in composed.unicodeScalars {
            if scalar.properties.isWhitespace {
                if !isAfterSpace { result.append(" ") }
                isAfterSpace = true
                continue
            }
            isAfterSpace = false
            if scalar.isASCII {
                result.append(scalar.smallASCII)
            } else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(result)
    }
}

extension Unicode.Scalar {
    fileprivate var smallASCII: Unicode.Scalar {
        ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) + 0x20) : self
    }
}
