import Testing

@testable import Checkpoints

struct NpyHeaderTests {
    static func file(_ text: String, version: UInt8 = 1, length: Int? = nil) -> [UInt8] {
        let count = length ?? text.utf8.count
        let digits = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + digits + Array(text.utf8)
    }

    private static func dictionary(_ descr: String = "'<f4'", _ order: String = "False", _ shape: String = "(2, 3)")
        -> String
    {
        "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }"
    }

    private static let broken: [(bytes: [UInt8], sentence: String)] = [
        ([], "signature"), (Array("NUMPY".utf8), "signature"), (Array("PK\u{3}\u{4}000000000".utf8), "signature"),
        (Array(file(dictionary()).prefix(9)), "signature"), (Array(file(dictionary()).prefix(12)), "cut off"),
        (Array(file(dictionary(), version: 2).prefix(10)), "cut off"), (file(dictionary(), version: 0), "version 0"),
        (file(dictionary(), version: 4), "version 4"), (file(dictionary(), length: 1000), "cut off"),
        (file(dictionary(), version: 2, length: 1 << 30), "more than the limit"),
        (file(dictionary(), version: 3, length: 0xFFFF_FFFF), "more than the limit"),
        (file(""), "expected '{'"), (file("5"), "expected '{'"), (file("{}"), "it needs 'descr'"),
        (file("{"), "expected a text"), (file("{'descr'"), "expected ':'"), (file("{'descr': '<f4'"), "expected '}'"),
        (file("{'descr': '<f4'}"), "it needs"), (file("{'descr': '<f4', 'shape': (2,)}"), "it needs"),
        (file(dictionary() + "x"), "more follows"), (file("{'a': 5}"), "'a' is unknown"),
        (file("{'descr': '<f4', 'descr': '<f4'}"), "there twice"),
        (file(dictionary("<f4")), "expected a text"), (file(dictionary("'<f4")), "is not read"),
        (file(dictionary("'<f4\n'")), "odd character"), (file(dictionary("'\\x3cf4'")), "odd character"),
        (file(dictionary("'>f4'")), "'>f4' is not read"), (file(dictionary("'<c8'")), "'<c8' is not read"),
        (file(dictionary("'|O'")), "'|O' is not read"), (file(dictionary("'<U5'")), "is not read"),
        (file(dictionary("'<f16'")), "is not read"), (file(dictionary("''")), "is not read"),
        (file(dictionary("[('a', '<f4')]")), "records"), (file(dictionary("'<f4'", "0")), "True or False"),
        (file(dictionary("'<f4'", "Falsey")), "expected '}'"), (file(dictionary("'<f4'", "false")), "True or False"),
        (file(dictionary("'<f4'", "False", "2")), "expected '('"),
        (file(dictionary("'<f4'", "False", "(2)")), "needs its ','"),
        (file(dictionary("'<f4'", "False", "[2, 3]")), "expected '('"),
        (file(dictionary("'<f4'", "False", "(2 3)")), "needs its ','"),
        (file(dictionary("'<f4'", "False", "(2,, 3)")), "whole number"),
        (file(dictionary("'<f4'", "False", "(-2, 3)")), "whole number"),
        (file(dictionary("'<f4'", "False", "(2.0, 3)")), "needs its ','"),
        (file(dictionary("'<f4'", "False", "(None, 3)")), "whole number"),
        (file(dictionary("'<f4'", "False", "(9223372036854775808, 3)")), "beyond 64 bits"),
        (file(dictionary("'<f4'", "False", "(2, 3")), "expected"),
        (file(dictionary("'<f4'", "False", "(" + String(repeating: "1,", count: 65) + ")")), "more than 64 axes"),
        (file("{'descr': __import__('os').system('x'), }"), "expected a text"),
    ]

    @Test(arguments: broken.indices)
    func eachRuleBrokenAloneIsRefusedByName(index: Int) throws {
        let (bytes, sentence) = Self.broken[index]
        let error = #expect(throws: ArchiveError.self) { try NpyHeader.parse(bytes.span) }
        #expect(try #require(error).description.contains(sentence), "\(error?.description ?? "")")
    }

    @Test(arguments: [[], [0], [5], [2, 3], [1, 2, 3, 4]] as [[Int]], [UInt8(1), 2, 3])
    func whatIsWrittenIsReadBack(shape: [Int], version: UInt8) throws {
        for type in ElementType.allCases where type.numpyName != nil {
            let header = NpyHeader(type: type, shape: shape)
            let (read, start) = try NpyHeader.parse(header.encoded.span)
            #expect(read == header && start == header.encoded.count && start % 64 == 0)
        }
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let loose = "{ \"shape\":(\(extents)),'fortran_order':True,  'descr':'=f8'}   \n"
        let (read, _) = try NpyHeader.parse(Self.file(loose, version: version).span)
        #expect(read.shape == shape && read.isColumnMajor && read.type == .float64)
    }
}
