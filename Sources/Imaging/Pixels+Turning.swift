extension Pixels {
    /// The picture as it stands upright when its pixels are stored in `orientation`.
    public func turned(_ orientation: ExifOrientation) -> Pixels {
        if orientation == .upright { return self }
        let (width, height) = orientation.swapsSides ? (self.height, self.width) : (self.width, self.height)
        let source: Source =
            switch self.source {
            case .opaque, .indexed: self.source
            case .withAlpha(let alpha): .withAlpha(turned(alpha, channels: 1, orientation))
            }
        return Pixels(width: width, height: height, bytes: turned(bytes, channels: 3, orientation), source: source)
    }

    /// - Parameter stored: `channels` bytes for each pixel of this picture.
    private func turned(_ stored: [UInt8], channels: Int, _ orientation: ExifOrientation) -> [UInt8] {
        // Where the first pixel of the result lies, and how far it is from there to its right and lower neighbours.
        let (right, down) = (channels, width * channels)
        let (lastColumn, lastRow) = ((width - 1) * right, (height - 1) * down)
        let (start, alongX, alongY) =
            switch orientation {
            case .upright: (0, right, down)
            case .mirrored: (lastColumn, -right, down)
            case .upsideDown: (lastColumn + lastRow, -right, -down)
            case .mirroredUpsideDown: (lastRow, right, -down)
            case .transposed: (0, down, right)
            case .quarterClockwise: (lastRow, -down, right)
            case .transversed: (lastColumn + lastRow, -down, -right)
            case .quarterCounterclockwise: (lastColumn, down, -right)
            }
        let (columns, rows) = orientation.swapsSides ? (height, width) : (width, height)
        var result: [UInt8] = []
        result.reserveCapacity(stored.count)
        for row in 0..<rows {
            for column in 0..<columns {
                let position = start + row * alongY + column * alongX
                for channel in 0..<channels { result.append(stored[position + channel]) }
            }
        }
        return result
    }
}
