import CImageCodecs

extension Pixels {
    /// Decodes a JPEG or PNG to what Pillow's `convert("RGB")` makes of it: alpha dropped without blending, 16-bit
    /// samples cut to their high byte, palettes, grey, CMYK and interlace resolved, profiles and gamma ignored.
    ///
    /// - Parameter exif: whether the picture is turned as its EXIF orientation says.
    public init(
        decoding bytes: Span<UInt8>, limits: ImageLimits = ImageLimits(), exif: ExifHandling = .apply
    ) throws(ImageError) {
        let header = try ImageHeader(of: bytes)
        try limits.check(width: header.width, height: header.height)
        let stored = try Pixels.decode(bytes, header)
        switch exif {
        case .apply: self = stored.turned(ExifOrientation(of: bytes, header.format) ?? .upright)
        case .ignore: self = stored
        }
    }

    /// The same for bytes in an array.
    public init(
        decoding bytes: [UInt8], limits: ImageLimits = ImageLimits(), exif: ExifHandling = .apply
    ) throws(ImageError) {
        try self.init(decoding: bytes.span, limits: limits, exif: exif)
    }

    private static func decode(_ bytes: Span<UInt8>, _ header: ImageHeader) throws(ImageError) -> Pixels {
        let (width, height) = (UInt32(header.width), UInt32(header.height))
        let hasAlpha = header.layout == .withAlpha
        let count = header.width * header.height * (hasAlpha ? 4 : 3)
        var status = CodecStatus.done
        let decoded = bytes.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
                status =
                    switch header.format {
                    case .jpeg: codec_jpeg_decode(source.baseAddress, source.count, width, height, target.baseAddress)
                    case .png:
                        codec_png_decode(
                            source.baseAddress, source.count, width, height, hasAlpha ? 1 : 0, target.baseAddress)
                    }
                initialized = status == .done ? count : 0
            }
        }
        try ImageError.check(status, header.format)
        switch header.layout {
        case .colours: return Pixels(width: header.width, height: header.height, bytes: decoded)
        case .indexed(let palette):
            let source = Source.indexed(palette: palette)
            return Pixels(width: header.width, height: header.height, bytes: decoded, source: source)
        case .withAlpha: return Pixels(width: header.width, height: header.height, rgba: decoded)
        }
    }

    /// Colours and alpha apart.
    private init(width: Int, height: Int, rgba: [UInt8]) {
        var (colours, alpha): ([UInt8], [UInt8]) = ([], [])
        colours.reserveCapacity(width * height * 3)
        alpha.reserveCapacity(width * height)
        for start in stride(from: 0, to: rgba.count, by: 4) {
            colours.append(rgba[start])
            colours.append(rgba[start + 1])
            colours.append(rgba[start + 2])
            alpha.append(rgba[start + 3])
        }
        self.init(width: width, height: height, bytes: colours, source: .withAlpha(alpha))
    }
}
