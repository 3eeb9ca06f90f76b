/// Writes metrics in Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/): each family once, with its help and type before its
/// samples.
struct MetricsText {
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// Names and values of labels, in order.
    typealias Labels = KeyValuePairs<String, String>

    /// What has been written so far.
    private(set) var text = ""

    /// Begins a family; its samples follow.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels = [:], _ value: some BinaryInteger) {
        line(name, labels.map { ($0.key, $0.value) }, "\(value)")
    }

    mutating func sample(_ name: String, _ labels: Labels = [:], _ value: Double) {
        line(name, labels.map { ($0.key, $0.value) }, Self.text(of: value))
    }

    /// A family of one sample without labels.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help)
        sample(name, [:], value)
    }

    /// The same for whole numbers.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        family(name, kind, help)
        sample(name, [:], value)
    }

    /// The samples of one histogram. Written are cumulative counts, as the format wants them, with `+Inf` added.
    /// - Parameter counts: what fell between each of `bounds` and the one before it.
    mutating func histogram(
        _ name: String, _ labels: Labels = [:], bounds: [Double], counts: [Int], sum: Double, count: Int
    ) {
        let labels = labels.map { ($0.key, $0.value) }
        var below = 0
        for (bound, count) in zip(bounds, counts) {
            below += count
            line(name + "_bucket", labels + [("le", Self.text(of: bound))], "\(below)")
        }
        line(name + "_bucket", labels + [("le", "+Inf")], "\(count)")
        line(name + "_sum", labels, Self.text(of: sum))
        line(name + "_count", labels, "\(count)")
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// Backslashes and line ends always, quotes in labels.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
