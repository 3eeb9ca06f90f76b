internal import Foundation

/// What drawing needs of the C library.
enum Math {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
    static func cosine(_ angle: Double) -> Double { cos(angle) }
    static func sine(_ angle: Double) -> Double { sin(angle) }

    /// A value for a legend: three significant digits; powers of ten below 0.001 and from 100,000 on.
    static func text(_ value: Float) -> String {
        let value = Double(value)
        guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
        let size = abs(value)
        if size == 0 { return "0" }
        let text =
            size < 0.001 || size >= 100_000
            ? String(format: "%.2e", value)
            : String(format: "%.*f", size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3, value)
        return text.replacing("-", with: "−")
    }
}

extension Int {
    /// Sums and products that stay at the largest number instead of overflowing, for sizes that are checked afterwards.
    static func saturatingProduct(_ a: Int, _ b: Int) -> Int {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .max : product
    }

    static func saturatingSum(_ terms: Int...) -> Int {
        terms.reduce(0) { sum, term in
            let (next, overflow) = sum.addingReportingOverflow(term)
            return overflow ? .max : next
        }
    }
}
