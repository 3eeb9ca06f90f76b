/// The valid names nearest to a wrong one, for error texts.
public enum Suggestions {
    /// Up to `limit` of `names`, nearest first: those within a third of the name's length in edits (at least one), or
    /// equal but for case, or that begin with the name.
    ///
    /// Work is bounded: names longer than 128 characters are not measured.
    public static func nearest(to name: String, in names: some Sequence<String>, limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased().utf8)
        guard !wanted.isEmpty, wanted.count <= maximumLength else { return [] }
        let tolerance = max(1, wanted.count / 3)
        var scored: [(distance: Int, name: String)] = []
        for candidate in names {
            let other = Array(candidate.lowercased().utf8)
            guard other.count <= maximumLength else { continue }
            if other.starts(with: wanted) {
                scored.append((min(1, other.count - wanted.count), candidate))
            } else if abs(other.count - wanted.count) <= tolerance {
                let distance = distance(wanted, other)
                if distance <= tolerance { scored.append((distance, candidate)) }
            }
        }
        return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
    }

    /// A sentence: `did you mean "a" or "b"?`, or nothing.
    public static func sentence(for name: String, in names: some Sequence<String>) -> String? {
        let nearest = nearest(to: name, in: names)
        return nearest.isEmpty ? nil : "did you mean \(enumeration(nearest.map(quoted), "or"))?"
    }

    /// Levenshtein's distance with swaps: the least number of bytes inserted, deleted, replaced, or neighbours exchanged
    /// (each place edited once).
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []  // the row of a[i - 2]
        var last = Array(0...b.count)  // the row of a[i - 1]
        for i in a.indices {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in b.indices {
                var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }

    private static let maximumLength = 128
}

/// `a, b or c`.
func enumeration(_ words: [String], _ conjunction: String) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}

/// A client's word in double quotes, cut when it is long, its control characters made visible.
func quoted(_ word: String) -> String {
    let shown = word.unicodeScalars.prefix(64).map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : String($0) }
    return "\"" + shown.joined() + (word.unicodeScalars.count > 64 ? "…" : "") + "\""
}
