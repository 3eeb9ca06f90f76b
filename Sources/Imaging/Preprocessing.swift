public import Tensors

/// The way from a picture to what a model takes: resize, crop, rescale, normalise.
///
/// Resizing works on 8-bit pixels, exactly as Pillow's; then every value v of channel c becomes
///
///     ((v · rescaleFactor + rescaleOffset) − mean[c]) / std[c]
///
/// A value made of data: the configurations that libraries save beside their checkpoints are mapped to it elsewhere.
public struct Preprocessing: Sendable, Equatable {
    /// To what size, before the crop.
    public var resizing: Resizing
    /// With which filter.
    public var interpolation: Interpolation
    /// Whether palette and alpha are still there when the picture is resized (open_clip), or dropped before.
    public var resizesAsStored: Bool
    /// `nil`: nothing is cut, the result has the size that `resizing` gives.
    public var crop: CentreCrop?
    /// What every value is multiplied by, usually 1/255.
    public var rescaleFactor: Double
    /// Added after the factor; −1 for the processors that map to [−1, 1] in one step.
    public var rescaleOffset: Double
    /// Red, green, blue.
    public var mean: [Double]
    /// Red, green, blue.
    public var std: [Double]

    /// - Precondition: three numbers in `mean` and in `std`.
    public init(
        resizing: Resizing, interpolation: Interpolation = .bilinear, resizesAsStored: Bool = false,
        crop: CentreCrop? = nil, rescaleFactor: Double = 1.0 / 255, rescaleOffset: Double = 0,
        mean: [Double] = [0, 0, 0], std: [Double] = [1, 1, 1]
    ) {
        precondition(mean.count == 3 && std.count == 3, "mean \(mean) and std \(std) need three channels")
        self.resizing = resizing
        self.interpolation = interpolation
        self.resizesAsStored = resizesAsStored
        self.crop = crop
        self.rescaleFactor = rescaleFactor
        self.rescaleOffset = rescaleOffset
        self.mean = mean
        self.std = std
    }

    /// The picture at exactly this size, in [0, 1].
    public static func unitScale(height: Int, width: Int) -> Preprocessing {
        Preprocessing(resizing: .exact(height: height, width: width))
    }

    /// The size of the result for a picture of the given size.
    public func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
        if let crop { return (crop.height, crop.width) }
        return resizing.size(height: height, width: width)
    }

    /// The picture as float32 `[3, height, width]`.
    /// - Throws: ``ImageError/resultTooLarge(width:height:limit:)`` where the result would exceed `limits`.
    public func callAsFunction(_ pixels: Pixels, limits: ImageLimits = ImageLimits()) throws(ImageError) -> Tensor {
        let prepared = try resizedAndCropped(pixels, limits: limits)
        return Tensor(shape: [3, prepared.height, prepared.width]) { normalise(prepared, into: &$0) }
    }

    /// The 8-bit picture that is normalised: what the model is shown, before its values are scaled.
    public func resizedAndCropped(_ pixels: Pixels, limits: ImageLimits = ImageLimits()) throws(ImageError) -> Pixels {
        let whole = resizing.size(height: pixels.height, width: pixels.width)
        let output = outputSize(height: pixels.height, width: pixels.width)
        let (area, overflow) = output.height.multipliedReportingOverflow(by: output.width)
        if overflow || area > limits.pixels {
            throw .resultTooLarge(width: output.width, height: output.height, limit: limits.pixels)
        }
        guard let crop else {
            return resized(pixels, whole, PixelRegion(columns: 0..<whole.width, rows: 0..<whole.height))
        }
        let top = crop.origin(extent: whole.height, crop: crop.height)
        let left = crop.origin(extent: whole.width, crop: crop.width)
        let visible = PixelRegion(
            columns: max(0, left)..<min(whole.width, left + crop.width),
            rows: max(0, top)..<min(whole.height, top + crop.height))
        var frame = crop
        if resizesAsStored { frame.fill = pixels.storedColour(crop.fill) }
        return resized(pixels, whole, visible).framed(in: frame, left: max(0, -left), top: max(0, -top))
    }

    private func resized(_ pixels: Pixels, _ size: (height: Int, width: Int), _ region: PixelRegion) -> Pixels {
        resizesAsStored
            ? pixels.resizedAsStored(width: size.width, height: size.height, interpolation, keeping: region)
            : pixels.resized(width: size.width, height: size.height, interpolation, keeping: region)
    }

    /// Writes the three channels one after the other. Each has 256 possible values, so they are looked up.
    private func normalise(_ pixels: Pixels, into target: inout MutableSpan<Float>) {
        let count = pixels.width * pixels.height
        let source = pixels.bytes.span
        for channel in 0..<3 {
            let values = (0...255).map { value(UInt8($0), channel: channel) }
            let table = values.span
            var position = channel
            for index in (channel * count)..<((channel + 1) * count) {
                target[index] = table[Int(source[position])]
                position += 3
            }
        }
    }

    /// Rescaled in float64, normalised in float32, as the reference processors do.
    private func value(_ byte: UInt8, channel: Int) -> Float {
        let rescaled = Float(Double(byte) * rescaleFactor) + Float(rescaleOffset)
        return (rescaled - Float(mean[channel])) / Float(std[channel])
    }
}

extension Pixels {
    /// The picture inside a frame of the crop's size and colour.
    fileprivate func framed(in crop: CentreCrop, left: Int, top: Int) -> Pixels {
        if width == crop.width && height == crop.height { return self }
        let colour = crop.fill
        let empty = Pixels(width: crop.width, height: crop.height, red: colour[0], green: colour[1], blue: colour[2])
        var framed = empty.bytes
        for row in 0..<height {
            let start = ((row + top) * crop.width + left) * 3
            framed.replaceSubrange(
                start..<(start + width * 3), with: bytes[(row * width * 3)..<((row + 1) * width * 3)])
        }
        return Pixels(width: crop.width, height: crop.height, bytes: framed)
    }
}
