import HTTPTypes
import Imaging
import ServiceTesting
import Testing
import TextNumbers
import Web

@Suite struct GreyPictureTests {
    /// A picture goes into a model of one channel as Pillow's `L` makes it grey.
    @Test func aModelOfOneChannelSeesThePictureInGrey() async throws {
        let service = try await TestService(["grey": TinyModel(.prismaGrey)])
        let wish = Requests.document(["capture": [["hooks": ["pixel_values"]]]])
        let answer = try await service.post("/v1/models/grey/run", wish)
        #expect(answer.status == 200, "\(answer.detail)")
        let pixels = try #require(try answer.json.at("tensors", "pixel_values"))
        #expect(pixels["shape"] == [1, 1, 32, 32])
        let picture = try Pixels(decoding: Requests.picture)
        let expected = stride(from: 0, to: picture.bytes.count, by: 3).map { start in
            let (red, green, blue) = (picture.bytes[start], picture.bytes[start + 1], picture.bytes[start + 2])
            let luma = (Int(red) * 19_595 + Int(green) * 38_470 + Int(blue) * 7_471 + 32_768) / 65_536
            return Double(luma) / 255
        }
        for (own, truth) in zip(pixels["data"]?.doubles ?? [], expected) { #expect(abs(own - truth) < 1e-6) }
        let lens = try await service.post(
            "/v1/models/grey/logit-lens", Requests.document(), fields: Requests.accepting("image/png"))
        #expect(lens.status == 200)
    }

    /// Values that Pillow 11 gives for `Image.new("RGB", (1, 1), colour).convert("L")`.
    @Test(
        arguments: [
            ([255, 0, 0], 76), ([0, 255, 0], 150), ([0, 0, 255], 29), ([255, 255, 255], 255), ([1, 2, 3], 2),
            ([200, 100, 50], 124), ([10, 200, 77], 129),
        ] as [([UInt8], UInt8)])
    func luma(_ colour: [UInt8], _ grey: UInt8) {
        #expect(Pixels(width: 1, height: 1, bytes: colour).grey.bytes == [grey, grey, grey])
    }
}
