extension Pixels {
    /// The colour that a fill turns into where the library fills before it converts to RGB: in an indexed picture the
    /// first of its numbers is an index into the palette.
    func storedColour(_ fill: [UInt8]) -> [UInt8] {
        guard case .indexed(let palette) = source, let index = fill.first else { return fill }
        let start = Int(index) * 3
        return start + 3 <= palette.count ? Array(palette[start..<(start + 3)]) : [0, 0, 0]
    }

    /// Resized as Pillow resizes the file's own mode, before it is converted to RGB: indexed pictures by their nearest
    /// pixels whatever the interpolation, colours beside alpha weighted by it.
    func resizedAsStored(
        width target: Int, height targetHeight: Int, _ interpolation: Interpolation, keeping region: PixelRegion
    ) -> Pixels {
        switch source {
        case .opaque:
            return resized(width: target, height: targetHeight, interpolation, keeping: region)
        case .indexed:
            return resized(width: target, height: targetHeight, .nearest, keeping: region)
        case .withAlpha(let alpha):
            if interpolation == .nearest || (target == width && targetHeight == height) {
                return resized(width: target, height: targetHeight, interpolation, keeping: region)
            }
            let colours = multiplied(by: alpha)
                .resized(width: target, height: targetHeight, interpolation, keeping: region)
            let opacity = Pixels(width: width, height: height, bytes: alpha.flatMap { [$0, $0, $0] })
                .resized(width: target, height: targetHeight, interpolation, keeping: region)
            return colours.divided(by: opacity)
        }
    }

    private func multiplied(by alpha: [UInt8]) -> Pixels {
        var bytes = self.bytes
        for index in bytes.indices { bytes[index] = UInt8((Int(bytes[index]) * Int(alpha[index / 3]) + 127) / 255) }
        return Pixels(width: width, height: height, bytes: bytes)
    }

    /// Division rounds down, and nothing is divided where the picture is opaque or empty.
    private func divided(by opacity: Pixels) -> Pixels {
        var bytes = self.bytes
        for index in bytes.indices {
            let alpha = Int(opacity.bytes[index])
            if alpha != 0 && alpha != 255 { bytes[index] = UInt8(min(255, Int(bytes[index]) * 255 / alpha)) }
        }
        return Pixels(width: width, height: height, bytes: bytes)
    }
}
