/// Which of the names that exist was meant by one that does not.
enum NearestNames {
    /// Up to three names, best first: those that need the fewest letters changed, at most half of them.
    static func of(_ name: String, in names: some Sequence<String>) -> [String] {
        let wanted = Array(name.utf8.prefix(256))
        var scored: [(distance: Int, name: String)] = []
        for candidate in names {
            let letters = Array(candidate.utf8.prefix(256))
            if abs(letters.count - wanted.count) > wanted.count / 2 { continue }
            let distance = distance(wanted, letters)
            if distance <= wanted.count / 2 { scored.append((distance, candidate)) }
        }
        return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// Levenshtein's distance: insertions, deletions and replacements.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (i, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[second.count]
    }
}
