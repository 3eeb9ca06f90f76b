public import Tensors

extension Preprocessing {
    /// What a model's input looks like: scaling and normalisation undone, rounded and cut to 8 bits. One channel is shown
    /// as grey; of any number but three and one, the first.
    /// - Parameter input: [channel, height, width].
    /// - Precondition: three axes, none of them empty.
    public func picture(of input: Tensor) -> Pixels {
        precondition(input.rank == 3 && input.count > 0, "\(input.shape) is no picture")
        let (channels, height, width) = (input.shape[0], input.shape[1], input.shape[2])
        let bytes = input.withSpan { values in
            var bytes = [UInt8](repeating: 0, count: 3 * width * height)
            for pixel in 0..<(width * height) {
                for channel in 0..<3 {
                    let value = values[(channels == 3 ? channel : 0) * width * height + pixel]
                    bytes[pixel * 3 + channel] = byte(value, channel)
                }
            }
            return bytes
        }
        return Pixels(width: width, height: height, bytes: bytes)
    }

    private func byte(_ value: Float, _ channel: Int) -> UInt8 {
        let plain = (Double(value) * std[channel] + mean[channel] - rescaleOffset) / rescaleFactor
        return plain.isFinite ? UInt8(min(max(plain.rounded(), 0), 255)) : 0
    }
}
