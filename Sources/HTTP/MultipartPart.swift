public import HTTPTypes

/// The head of one part of a `multipart/form-data` body (RFC 7578, 4).
public struct MultipartPart: Sendable, Equatable {
    /// The form field.
    public let name: String
    /// The file's name as the client tells it: a label, never a path to open.
    public let filename: String?
    /// `nil` when the part does not say (RFC 7578, 4.4: then it is `text/plain`).
    public let contentType: MediaType?
    /// All fields of the part's head.
    public let headerFields: HTTPFields

    init(headerFields: HTTPFields) throws(HTTPError) {
        let dispositions = headerFields[values: .contentDisposition]
        guard dispositions.count == 1, let text = dispositions.first,
            let disposition = ParameterList(parsing: text, escapes: .quotesOnly),
            disposition.value.lowercased() == "form-data"
        else {
            throw HTTPError(.badRequest, "A part needs one Content-Disposition of form-data.")
        }
        guard let name = Self.text("name", of: disposition) else {
            throw HTTPError(.badRequest, "A part's Content-Disposition needs a name.")
        }
        var contentType: MediaType?
        if let text = headerFields[.contentType] {
            contentType = MediaType(parsing: text)
            guard contentType != nil else {
                throw HTTPError(.badRequest, "A part's Content-Type is malformed; expected type/subtype.")
            }
        }
        self.name = name
        self.filename = Self.text("filename", of: disposition)
        self.contentType = contentType
        self.headerFields = headerFields
    }

    /// The extended form (`name*=UTF-8''…`, RFC 8187) where there is one, otherwise the plain one.
    private static func text(_ name: String, of disposition: ParameterList) -> String? {
        if let extended = disposition[name + "*"], let text = decodeExtended(extended) { return text }
        return disposition[name].map(unescapeFormValue)
    }

    /// Browsers and curl write a quote and line ends as these three escapes and leave every other `%` alone
    /// (HTML, "multipart/form-data encoding algorithm"), so exactly these are undone.
    private static func unescapeFormValue(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        return String(decoding: percentDecoded(text, only: [0x22, 0x0D, 0x0A]), as: UTF8.self)
    }

    private static func decodeExtended(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return String(validating: percentDecoded(String(parts[2])), as: UTF8.self)
    }

    private static func percentDecoded(_ text: String, only wanted: Set<UInt8>? = nil) -> [UInt8] {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = bytes[index + 1].hexValue, let low = bytes[index + 2].hexValue,
                wanted?.contains(UInt8(high * 16 + low)) ?? true
            {
                decoded.append(UInt8(high * 16 + low))
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }
}
