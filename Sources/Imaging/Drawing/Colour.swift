/// A colour, 8-bit sRGB.
public struct Colour: Sendable, Hashable {
    /// Red, 0 … 255.
    public var red: UInt8
    /// Green, 0 … 255.
    public var green: UInt8
    /// Blue, 0 … 255.
    public var blue: UInt8

    /// The three channels.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// As on the web: `Colour(0x1d1f21)`.
    public init(_ hexadecimal: UInt32) {
        red = UInt8(truncatingIfNeeded: hexadecimal >> 16)
        green = UInt8(truncatingIfNeeded: hexadecimal >> 8)
        blue = UInt8(truncatingIfNeeded: hexadecimal)
    }

    /// This colour over another one; `coverage` 0 leaves the other, 255 hides it. Each channel is
    /// (other · (255 − coverage) + own · coverage) / 255, rounded to the nearest.
    public func over(_ other: Colour, coverage: UInt8) -> Colour {
        Colour(
            red: Colour.blend(other.red, red, coverage), green: Colour.blend(other.green, green, coverage),
            blue: Colour.blend(other.blue, blue, coverage))
    }

    /// What letters on this colour are read best in: dark or white.
    var ink: Colour {
        299 * Int(red) + 587 * Int(green) + 114 * Int(blue) > 140_000 ? FigureStyle.text : Colour(0xFFFFFF)
    }

    @inline(__always)
    static func blend(_ below: UInt8, _ above: UInt8, _ coverage: UInt8) -> UInt8 {
        let coverage = UInt32(coverage)
        return UInt8((UInt32(below) * (255 - coverage) + UInt32(above) * coverage + 127) / 255)
    }

    /// An opacity of 0 … 1 as a coverage of 0 … 255; what is no number is 0.
    static func coverage(_ opacity: Double) -> UInt8 {
        opacity.isNaN ? 0 : UInt8((min(max(opacity, 0), 1) * 255).rounded())
    }
}

extension Colour {
    /// A colour of the Oklab space (Ottosson, https://bottosson.github.io/posts/oklab/) by lightness 0 … 1, chroma and
    /// hue in radians; what sRGB has not is cut to the nearest of each channel.
    init(lightness: Double, chroma: Double, cosine: Double, sine: Double) {
        let (a, b) = (chroma * cosine, chroma * sine)
        let long = lightness + 0.3963377774 * a + 0.2158037573 * b
        let medium = lightness - 0.1055613458 * a - 0.0638541728 * b
        let short = lightness - 0.0894841775 * a - 1.2914855480 * b
        let (l, m, s) = (long * long * long, medium * medium * medium, short * short * short)
        self.init(
            red: Colour.encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            green: Colour.encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            blue: Colour.encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s))
    }

    /// sRGB's transfer function.
    private static func encoded(_ linear: Double) -> UInt8 {
        let value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.power(linear, 1 / 2.4) - 0.055
        return UInt8((min(max(value, 0), 1) * 255).rounded())
    }
}
