import HTTP
import HTTPTypes

extension HTTPError {
    /// The error as `application/problem+json` (RFC 9457), for requests that never reach a handler.
    var problemResponse: Response {
        var fields = HTTPFields()
        fields[.contentType] = "application/problem+json"
        // RFC 9110, 15.5.6: a 405 says what is allowed. Only CONNECT ends here.
        if status == .methodNotAllowed { fields[.allow] = "GET, HEAD, POST, PUT, DELETE, OPTIONS" }
        if status == .serviceUnavailable { fields[.retryAfter] = "1" }
        let title = Self.escaped(status.reasonPhrase)
        let detail = Self.escaped(detail)
        let body =
            #"{"type":"about:blank","title":"\#(title)","status":\#(status.code),"detail":"\#(detail)"}"#
        return Response(status: status, headerFields: fields, body: .bytes(Array(body.utf8)))
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
