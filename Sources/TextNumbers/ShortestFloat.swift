/// The shortest decimal that reads back as the same float32, and among those the closest to it.
///
/// The method is Raffaello Giulietti's "The Schubfach way to render doubles" (2020), carried over to 32 bits: of the
/// interval that rounds to the float, scaled by one power of ten so that at most a few integers fall inside, take a
/// multiple of ten if there is one, else the nearer integer. One table look-up, three 64 × 32 bit multiplications.
///
/// ```
///        vbl          vb          vbr        quarter units, last bit sticky ("round to odd")
///  ───────┼───────────┼────────────┼──────
///         |   ·  s    |   s+1   ·  |         candidates
/// ```
struct ShortestFloat {
    /// The digits, as an integer without trailing zero (except for 0 itself and small integers).
    var digits: UInt32
    /// The value is digits · 10^exponent.
    var exponent: Int

    /// - Parameter magnitude: finite and not negative.
    @inline(__always)
    init(_ magnitude: Float, powers: [UInt64]) {
        let fraction = magnitude.significandBitPattern
        let biased = Int(magnitude.exponentBitPattern)
        let c = biased == 0 ? fraction : fraction | 1 << 23  // the value is c · 2^q
        let q = max(biased, 1) - 150
        if q <= 0, q > -24, c & ((1 << UInt32(-q)) - 1) == 0 {  // a small integer
            self.digits = c >> UInt32(-q)
            self.exponent = 0
            return
        }
        let lowerIsCloser = fraction == 0 && biased > 1  // below a power of two the floats lie twice as dense
        let open: UInt32 = c & 1  // ties go to the even float: the ends belong to the interval of an even one
        let k = (q &* 1_262_611 &- (lowerIsCloser ? 524_031 : 0)) >> 22  // ⌊log₁₀ of the interval's width⌋
        let h = UInt32(truncatingIfNeeded: q &+ (-k &* 1_741_647) >> 19 &+ 1)
        let power = powers[-k &- Self.smallestPower]

        let vb = Self.roundToOdd(power, (4 &* c) << h)
        let lower = Self.roundToOdd(power, (4 &* c &- (lowerIsCloser ? 1 : 2)) << h) &+ open
        let upper = Self.roundToOdd(power, (4 &* c &+ 2) << h) &- open

        let s = vb / 4
        if s >= 10 {
            let tens = s / 10
            let downIsInside = lower <= 40 &* tens
            let upIsInside = 40 &* tens &+ 40 <= upper
            if downIsInside != upIsInside {
                self.digits = tens &+ (upIsInside ? 1 : 0)
                self.exponent = k + 1
                return
            }
        }
        let downIsInside = lower <= 4 &* s
        let upIsInside = 4 &* s &+ 4 <= upper
        let middle = 4 &* s &+ 2
        let nearerIsUp = vb > middle || (vb == middle && s & 1 == 1)
        self.digits = s &+ ((downIsInside != upIsInside ? upIsInside : nearerIsUp) ? 1 : 0)
        self.exponent = k
    }

    /// ⌊power · x / 2^64⌋ with the last bit set when something was cut off.
    @inline(__always)
    private static func roundToOdd(_ power: UInt64, _ x: UInt32) -> UInt32 {
        let (high, low) = power.multipliedFullWidth(by: UInt64(x))
        return UInt32(truncatingIfNeeded: high) | (low >> 32 > 1 ? 1 : 0)
    }
}
