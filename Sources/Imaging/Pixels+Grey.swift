extension Pixels {
    /// The picture without colour, as Pillow's `convert("L")` makes it, in all three channels: the luma of ITU-R 601-2,
    /// (19595 · red + 38470 · green + 7471 · blue) / 65536, rounded to the nearest.
    public var grey: Pixels {
        var grey = bytes
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let luma =
                19_595 * UInt32(bytes[start]) + 38_470 * UInt32(bytes[start + 1]) + 7_471 * UInt32(bytes[start + 2])
            let value = UInt8(truncatingIfNeeded: (luma + 0x8000) >> 16)
            (grey[start], grey[start + 1], grey[start + 2]) = (value, value, value)
        }
        return Pixels(width: width, height: height, bytes: grey)
    }
}
