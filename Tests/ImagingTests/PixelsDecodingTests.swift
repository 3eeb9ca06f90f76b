import Imaging
import Testing

struct PixelsDecodingTests {
    private static let files = Golden.names(in: "files")

    @Test(.enabled(if: Golden.isPresent), arguments: files)
    func everyFixtureDecodesAsPillowDoesOrIsRefused(file: String) throws {
        let all = try #require(try Golden.json("expected.json")["files"] as? [String: Any])
        let expected = try #require(all[file] as? [String: Any])
        let kind = try #require(expected["kind"] as? String)
        let decoded = Result { try Pixels(decoding: try Golden.bytes("files/\(file)"), exif: .ignore) }
        switch kind {
        case "ok":
            try compare(try decoded.get(), file, expected)
        case "reject", "optional":
            #expect(throws: ImageError.self) { try decoded.get() }
        default:
            if case .success(let pixels) = decoded, Golden.names(in: "decoded").contains("\(file).npy") {
                try compare(pixels, file, expected)
            }
        }
    }

    private func compare(_ pixels: Pixels, _ file: String, _ expected: [String: Any]) throws {
        let truth = try NpyFixture(file == "png_gray16.png" ? "decoded/\(file).high_byte.npy" : "decoded/\(file).npy")
        #expect([pixels.height, pixels.width, 3] == truth.shape)
        let tolerance = try #require(expected["tolerance"] as? [String: Any])
        let worst = zip(pixels.bytes, truth.payload).map { abs(Int($0) - Int($1)) }
        let mean = Double(worst.reduce(0, +)) / Double(worst.count)
        #expect(Double(try #require(worst.max())) <= (tolerance["max_abs"] as? Double ?? 0))
        if let limit = tolerance["mean_abs"] as? Double { #expect(mean <= limit) }
    }

    @Test(.enabled(if: Golden.isPresent), arguments: files.filter { $0.contains("orientation") })
    func exifOrientationIsAppliedUnlessToldNotTo(file: String) throws {
        let bytes = try Golden.bytes("files/\(file)")
        #expect(try Pixels(decoding: bytes).bytes == NpyFixture("decoded/\(file).exif.npy").payload)
        #expect(try Pixels(decoding: bytes, exif: .ignore).bytes == NpyFixture("decoded/\(file).npy").payload)
    }

    @Test(
        .enabled(if: Golden.isPresent),
        arguments: [
            ("other_webp.webp", ImageError.unsupportedFormat("WebP")), ("other_gif.gif", .unsupportedFormat("GIF")),
            ("other_bmp.bmp", .unsupportedFormat("BMP")), ("bad_text.jpg", .notAnImage), ("bad_empty.png", .notAnImage),
            ("bad_truncated.jpg", .truncated(.jpeg)), ("bad_truncated.png", .truncated(.png)),
            ("bad_header_only.jpg", .truncated(.jpeg)),
            ("bomb_1bit.png", .tooLarge(width: 30_000, height: 30_000, limit: 50_000_000)),
            ("bomb_jpeg_dims.jpg", .tooLarge(width: 65_500, height: 65_500, limit: 50_000_000)),
            ("bomb_dims_only.png", .tooLong(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF, limit: 65_535)),
            ("bad_zero_dims.png", .corrupt(.png, reason: "its header declares 0 × 10 pixels")),
        ])
    func refusalsSayWhatIsWrong(file: String, error: ImageError) throws {
        let bytes = try Golden.bytes("files/\(file)")
        #expect(throws: error) { try Pixels(decoding: bytes) }
    }

    @Test(
        .enabled(if: Golden.isPresent),
        arguments: ["jpeg_420.jpg", "jpeg_progressive.jpg", "png_rgb.png", "png_interlaced.png"])
    func cutAnywhereIsAnErrorAndNeverAHalfPicture(file: String) throws {
        let bytes = try Golden.bytes("files/\(file)")
        for count in Array(stride(from: 0, to: bytes.count, by: 37)) + [bytes.count - 1] {
            #expect(throws: ImageError.self, "cut after \(count)") { try Pixels(decoding: Array(bytes[..<count])) }
        }
    }

    @Test(.enabled(if: Golden.isPresent), arguments: files.filter { !$0.hasPrefix("bomb") })
    func damagedBytesNeverCrash(file: String) throws {
        let bytes = try Golden.bytes("files/\(file)")
        guard !bytes.isEmpty else { return }
        var random = SplitMix64(seed: 7)
        for _ in 0..<30 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let limits = ImageLimits(pixels: 1_000_000)
            if let pixels = try? Pixels(decoding: damaged, limits: limits) {
                #expect(pixels.bytes.count == pixels.width * pixels.height * 3)
            }
        }
    }

    @Test func limitsAreConfigurableAndNamed() throws {
        let png = try PNG.encode(Pixels(width: 20, height: 10, red: 1, green: 2, blue: 3))
        #expect(try Pixels(decoding: png, limits: ImageLimits(pixels: 200)).width == 20)
        #expect(throws: ImageError.tooLarge(width: 20, height: 10, limit: 199)) {
            try Pixels(decoding: png, limits: ImageLimits(pixels: 199))
        }
        #expect(throws: ImageError.tooLong(width: 20, height: 10, limit: 19)) {
            try Pixels(decoding: png, limits: ImageLimits(side: 19))
        }
        #expect(
            "\(ImageError.tooLarge(width: 28_000, height: 28_000, limit: 50_000_000))"
                == "the picture has 28000 × 28000 pixels, more than the limit of 50 megapixels")
    }
}
