/// Columns of text, as wide as their widest cell.
struct TextTable {
    let text: String

    /// - Parameter right: columns that are set to the right, numbers for instance.
    init(_ head: [String], _ rows: [[String]], right: Set<Int> = []) {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        text = all.map { row in
            let cells = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return right.contains(column) ? space + row[column] : row[column] + space
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
