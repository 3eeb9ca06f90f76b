#if canImport(Glibc)
    import Glibc
#endif

/// How a resized picture's pixels follow from the source's. All but `nearest` weigh a window of source pixels; when
/// the picture shrinks, the window widens by the same factor (antialiasing). The numbers are those that
/// `preprocessor_config.json` calls `resample`.
public enum Interpolation: Int, Sendable, CaseIterable {
    case nearest = 0
    case lanczos
    case bilinear
    case bicubic
    case box
    case hamming

    /// In lower case: `bicubic`.
    public var name: String { String(describing: self) }

    /// By ``name``, in any case of letters.
    public init?(name: String) {
        guard let match = Interpolation.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
        self = match
    }

    /// Half the width of the window, in source pixels, where the picture does not shrink.
    var support: Double {
        switch self {
        case .nearest: 0
        case .box: 0.5
        case .bilinear, .hamming: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The weight at distance `x` from the window's centre, before the weights are made to sum to one.
    func weight(at x: Double) -> Double {
        let distance = abs(x)
        switch self {
        case .nearest: return 0
        case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear: return max(0, 1 - distance)
        case .hamming: return distance < 1 ? sinc(distance) * (0.54 + 0.46 * cos(.pi * distance)) : 0
        case .bicubic: return Interpolation.cubic(distance)
        case .lanczos: return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0
        }
    }

    /// Keys' cubic convolution with a = −1/2 (Keys 1981, equation 15).
    private static func cubic(_ x: Double) -> Double {
        let a = -0.5
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }

    /// sin(πx) / πx.
    private func sinc(_ x: Double) -> Double {
        if x == 0 { return 1 }
        let angle = x * .pi
        return sin(angle) / angle
    }
}
