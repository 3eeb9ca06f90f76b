internal import Foundation

/// Random numbers that are the same in every run and on every machine (SplitMix64; Steele, Lea and Flood 2014).
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// From 0 to below 1, in steps of 2⁻⁵³.
    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
    }

    /// Of mean 0 (Box and Muller 1958).
    mutating func normal(deviation: Double) -> Float {
        let radius = (-2 * log(1 - unit())).squareRoot()
        return Float(deviation * radius * cos(2 * .pi * unit()))
    }

    /// From −bound to bound.
    mutating func uniform(bound: Double) -> Float { Float(bound * (2 * unit() - 1)) }
}
