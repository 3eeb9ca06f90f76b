/// The target of a request in origin form, taken apart: `/v1/models/a%20b?top_k=3`.
struct RequestTarget {
    /// The decoded segments of the path; none for `/`.
    let segments: [String]
    /// What follows the `?`, not decoded.
    let query: Substring

    /// `nil` when the path cannot be that of any route: an empty segment, `.` or `..`, an encoded slash or backslash,
    /// broken percent-encoding. Nothing is normalised, for whoever normalises differently is whoever gets round a check.
    init?(_ target: String) {
        let end = target.firstIndex(of: "?") ?? target.endIndex
        query = end == target.endIndex ? "" : target[target.index(after: end)...]
        let path = target[..<end]
        guard path.first == "/" else { return nil }
        guard path != "/" else {
            segments = []
            return
        }
        var decoded: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = PercentDecoding.decode(segment), !text.isEmpty, text != ".", text != "..",
                !text.utf8.contains(UInt8(ascii: "/")), !text.utf8.contains(UInt8(ascii: "\\"))
            else { return nil }
            decoded.append(text)
        }
        segments = decoded
    }
}
