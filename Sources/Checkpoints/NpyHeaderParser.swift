/// Reads the one form of Python dictionary that a `.npy` header is: three known keys, in any order, once each.
struct NpyHeaderParser {
    private let text: [UInt8]
    private var at = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func header() throws(ArchiveError) -> NpyHeader {
        var (type, isColumnMajor, shape): (ElementType?, Bool?, [Int]?)
        try expect("{")
        while !take("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where type == nil: type = try datatype()
            case "fortran_order" where isColumnMajor == nil: isColumnMajor = try boolean()
            case "shape" where shape == nil: shape = try tuple()
            default: throw refusal("the key '\(key)' is unknown or there twice")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        if at < text.count { throw refusal("the dictionary has ended and more follows") }
        guard let type, let isColumnMajor, let shape else {
            throw refusal("it needs 'descr', 'fortran_order' and 'shape'")
        }
        var header = NpyHeader(type: type, shape: shape)
        header.isColumnMajor = isColumnMajor
        return header
    }

    private mutating func datatype() throws(ArchiveError) -> ElementType {
        skipSpace()
        guard at < text.count, text[at] != UInt8(ascii: "[") else {
            throw refusal("arrays of records are not read")
        }
        let name = try string()
        // For one byte the order means nothing; `=` and a missing mark mean the writer's own, here little-endian.
        let plain = name.drop { "<|=".contains($0) }
        for mark in ["<", "|"] {
            if let type = ElementType(numpyName: mark + plain) { return type }
        }
        throw refusal("the datatype '\(name)' is not read; little-endian numbers are")
    }

    private mutating func string() throws(ArchiveError) -> String {
        skipSpace()
        guard at < text.count, text[at] == UInt8(ascii: "'") || text[at] == UInt8(ascii: "\"") else {
            throw refusal("expected a text")
        }
        let quote = text[at]
        at += 1
        let start = at
        while at < text.count, text[at] != quote {
            if text[at] == UInt8(ascii: "\\") || text[at] < 32 || text[at] > 126 { throw refusal("an odd character") }
            at += 1
        }
        guard at < text.count else { throw refusal("a text without end") }
        at += 1
        return String(decoding: text[start..<(at - 1)], as: UTF8.self)
    }

    private mutating func boolean() throws(ArchiveError) -> Bool {
        if takeWord("True") { return true }
        if takeWord("False") { return false }
        throw refusal("expected True or False")
    }

    private mutating func tuple() throws(ArchiveError) -> [Int] {
        var extents: [Int] = []
        try expect("(")
        var needsComma = false
        while !take(")") {
            if needsComma { throw refusal("expected ',' or ')'") }
            extents.append(try integer())
            if extents.count > NpyHeader.maximumRank { throw refusal("more than \(NpyHeader.maximumRank) axes") }
            needsComma = !take(",")
            if needsComma && extents.count == 1 { throw refusal("a tuple of one needs its ','") }
        }
        return extents
    }

    private mutating func integer() throws(ArchiveError) -> Int {
        skipSpace()
        var value = 0
        let start = at
        while at < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[at]) {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(text[at] - UInt8(ascii: "0")))
            if overflow || carry { throw refusal("a number beyond 64 bits") }
            value = sum
            at += 1
        }
        if at == start { throw refusal("expected a whole number that is not negative") }
        return value
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        guard text[at...].starts(with: word.utf8) else { return false }
        at += word.utf8.count
        return true
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < text.count, text[at] == UInt8(ascii: mark) else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ mark: Unicode.Scalar) throws(ArchiveError) {
        if !take(mark) { throw refusal("expected '\(mark)'") }
    }

    private mutating func skipSpace() {
        while at < text.count, text[at] == UInt8(ascii: " ") || text[at] == UInt8(ascii: "\n") { at += 1 }
    }

    private func refusal(_ problem: String) -> ArchiveError {
        ArchiveError("the .npy header is not as numpy writes it, at character \(at): \(problem)")
    }
}
