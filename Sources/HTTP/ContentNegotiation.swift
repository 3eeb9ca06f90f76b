/// Chooses among what we can send by what the client asks for (RFC 9110, 12.5).
public enum ContentNegotiation {
    /// The best of `offers` for an `Accept` field, or `nil` when it excludes them all (406).
    ///
    /// For each offer the most specific range that matches it decides its weight; among equal weights the order
    /// of `offers` decides. Without the field, or with nothing well-formed in it, the first offer is taken.
    public static func mediaType(accept: String?, offers: [MediaType]) -> MediaType? {
        let ranges = QualityList(parsing: accept ?? "").elements.compactMap { element in
            MediaType(parsing: element.text).map { (range: $0, weight: element.weight) }
        }
        guard !ranges.isEmpty else { return offers.first }
        var best: (offer: MediaType, weight: Int)?
        for offer in offers {
            let matching = ranges.map { (specificity(of: $0.range, for: offer), $0.weight) }.filter { $0.0 > 0 }
            let weight = matching.max { $0.0 < $1.0 }?.1 ?? 0
            if weight > best?.weight ?? 0 { best = (offer, weight) }
        }
        return best?.offer
    }

    /// Whether gzip is welcome by an `Accept-Encoding` field, and preferred to sending the body as it is.
    public static func prefersGzip(acceptEncoding: String?) -> Bool {
        let elements = QualityList(parsing: acceptEncoding ?? "").elements
        func weight(_ names: String...) -> Int? {
            elements.first { names.contains($0.text.lowercased()) }?.weight
        }
        guard let gzip = weight("gzip", "x-gzip") ?? weight("*") else { return false }
        // Not named, identity is acceptable but nobody's wish.
        return gzip > 0 && gzip >= weight("identity") ?? 0
    }

    /// 0: no match; then `*/*`, `type/*`, `type/subtype`, and one more for each parameter that agrees.
    private static func specificity(of range: MediaType, for offer: MediaType) -> Int {
        if range.type == "*" { return range.subtype == "*" ? 1 : 0 }
        guard range.type == offer.type else { return 0 }
        if range.subtype == "*" { return 2 }
        guard range.subtype == offer.subtype else { return 0 }
        // `charset` says nothing about types whose text is UTF-8 by definition; clients send it all the same.
        let asked = range.parameters.filter { $0.name != "charset" }
        guard asked.allSatisfy({ offer[$0.name] == $0.value }) else { return 0 }
        return 3 + asked.count
    }
}
