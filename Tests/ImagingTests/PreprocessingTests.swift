import Imaging
import Tensors
import Testing

struct PreprocessingTests {
    private static let clip = (
        mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711]
    )
    private static let imageNet = (mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
    private static let half = (mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])

    private static func make(
        _ resizing: Resizing, _ interpolation: Interpolation, _ statistics: (mean: [Double], std: [Double]),
        crop: Int? = nil, _ rounding: CentreCrop.Rounding = .halfToEven, asStored: Bool = false
    ) -> Preprocessing {
        Preprocessing(
            resizing: resizing, interpolation: interpolation, resizesAsStored: asStored,
            crop: crop.map { CentreCrop(height: $0, width: $0, rounding: rounding) }, mean: statistics.mean,
            std: statistics.std)
    }

    private static let processors: [String: Preprocessing] = [
        "hf_clip": make(.shortestEdge(64), .bicubic, clip, crop: 64, .down),
        "hf_clip_224": make(.shortestEdge(224), .bicubic, clip, crop: 224, .down),
        "hf_dino": make(.exact(height: 64, width: 64), .bicubic, imageNet),
        "hf_dinov2": make(.shortestEdge(73), .bicubic, imageNet, crop: 64, .down),
        "hf_siglip": make(.exact(height: 64, width: 64), .bicubic, half),
        "hf_vit": make(.exact(height: 64, width: 64), .bilinear, half),
        "open_clip": make(.shortestEdge(64), .bicubic, clip, crop: 64, asStored: true),
        "open_clip_longest": make(.fitting(height: 64, width: 64), .bicubic, clip, crop: 64, asStored: true),
        "open_clip_squash": make(.exact(height: 64, width: 64), .bilinear, clip, asStored: true),
        "prisma_clip": make(.shortestEdge(64), .bicubic, clip, crop: 64, asStored: true),
        "timm_augreg": make(.shortestEdge(71), .bicubic, half, crop: 64),
        "timm_squash": make(.exact(height: 64, width: 64), .bilinear, imageNet, crop: 64),
    ]

    private static let cases = processors.keys.sorted().flatMap { processor in
        Golden.names(in: "preproc/\(processor)").map { (processor, $0) }
    }

    @Test(.enabled(if: Golden.isPresent), arguments: cases)
    func equalsTheReferenceProcessor(processor: String, fixture: String) throws {
        let truth = try NpyFixture("preproc/\(processor)/\(fixture)")
        let preprocess = try #require(Self.processors[processor])
        let pixels = try Pixels(decoding: Golden.bytes("files/\(fixture.dropLast(4))"), exif: .ignore)
        let tensor = try preprocess(pixels)
        #expect(tensor.shape == truth.shape)
        let worst = zip(tensor.elements, truth.floats).map { abs($0 - $1) }.max()
        #expect(try #require(worst) <= 1e-5)
    }

    @Test(.enabled(if: Golden.isPresent)) func everyGoldenProcessorIsCovered() {
        let settings = Golden.names(in: "preproc").filter { $0.hasSuffix(".json") && $0 != "notes.json" }
        #expect(settings.map { String($0.dropLast(5)) } == Self.processors.keys.sorted())
    }

    @Test(
        arguments: [
            (Resizing.none, 30, 50, 30, 50), (.exact(height: 7, width: 9), 30, 50, 7, 9),
            (.shortestEdge(224), 480, 640, 224, 298), (.shortestEdge(224), 640, 480, 298, 224),
            (.shortestEdge(10, longest: 15), 10, 30, 5, 15), (.shortestEdge(10, longest: 15), 10, 12, 10, 12),
            (.fitting(height: 64, width: 64), 500, 3, 64, 1), (.fitting(height: 64, width: 32), 100, 100, 32, 32),
            (.covering(height: 64, width: 32), 100, 100, 64, 64), (.covering(height: 8, width: 8), 16, 5, 26, 8),
        ])
    func sizesFollowTheRule(resizing: Resizing, height: Int, width: Int, expectedHeight: Int, expectedWidth: Int) {
        #expect(resizing.size(height: height, width: width) == (expectedHeight, expectedWidth))
    }

    /// Extent, crop, first index by transformers' rule and by torchvision's.
    @Test(arguments: [
        (11, 8, 1, 2), (9, 8, 0, 0), (13, 8, 2, 2), (15, 8, 3, 4), (8, 8, 0, 0), (5, 8, -2, -1), (7, 8, -1, 0),
        (6, 8, -1, -1),
    ])
    func theLibrariesDisagreeOnOddMargins(extent: Int, crop: Int, down: Int, halfToEven: Int) throws {
        // One row whose red channel is the column's number + 1: the crop's first red tells where it begins.
        let bytes = (0..<extent).flatMap { column -> [UInt8] in [UInt8(column + 1), 0, 0] }
        let row = Pixels(width: extent, height: 1, bytes: bytes)
        for (rounding, first) in [(CentreCrop.Rounding.down, down), (.halfToEven, halfToEven)] {
            let preprocess = Preprocessing(
                resizing: .none, crop: CentreCrop(height: 1, width: crop, rounding: rounding), rescaleFactor: 1)
            let expected = (first..<(first + crop)).map { $0 >= 0 && $0 < extent ? Float($0 + 1) : 0 }
            #expect(Array(try preprocess(row).elements[..<crop]) == expected)
        }
    }

    @Test func offsetMapsToMinusOneToOne() throws {
        let preprocess = Preprocessing(resizing: .none, rescaleFactor: 1 / 127.5, rescaleOffset: -1)
        let tensor = try preprocess(Pixels(width: 1, height: 1, red: 0, green: 255, blue: 51))
        #expect(zip(tensor.elements, [-1, 1, -0.6]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func fillIsTheColourOutside() throws {
        let crop = CentreCrop(height: 3, width: 3, rounding: .halfToEven, fill: [10, 20, 30])
        let picture = Pixels(width: 1, height: 1, red: 1, green: 2, blue: 3)
        let framed = try Preprocessing(resizing: .none, crop: crop).resizedAndCropped(picture)
        #expect(framed[0, 0] == (10, 20, 30) && framed[1, 1] == (1, 2, 3) && framed[2, 2] == (10, 20, 30))
    }

    @Test func aResultBeyondTheLimitIsRefusedAndACropOfItIsNot() throws {
        let sliver = Pixels(width: 1, height: 60_000, red: 9, green: 9, blue: 9)
        #expect(throws: ImageError.resultTooLarge(width: 224, height: 13_440_000, limit: 50_000_000)) {
            try Preprocessing(resizing: .shortestEdge(224))(sliver)
        }
        let crop = CentreCrop(height: 224, width: 224, rounding: .down)
        let tensor = try Preprocessing(resizing: .shortestEdge(224), interpolation: .bicubic, crop: crop)(sliver)
        #expect(tensor.shape == [3, 224, 224])
    }
}
