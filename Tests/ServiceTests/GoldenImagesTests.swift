import Foundation
import ServiceTesting
import Testing
import TextNumbers
import Web

/// Every picture of the golden set, good and bad, posted as a client would.
@Suite(.enabled(if: Golden.shared != nil)) struct GoldenImagesTests {
    @Test func everyPictureIsAnsweredAsItDeserves() async throws {
        let folder = try #require(Golden.shared).appending(path: "images")
        let expected = try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: "expected.json"))))
        let files = try #require(expected["files"]?.object)
        #expect(files.count > 20)
        let service = try await TestService.standard()
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "files/\(file.key)")))
            let kind = try #require(file.value["kind"]?.string)
            for type in ["image/png", "image/jpeg"] {
                let answer = try await service.post("/v1/models/vit/predict", bytes, type: type)
                switch kind {
                case "ok": #expect(answer.status == 200, "\(file.key): \(answer.text)")
                case "reject": #expect((400..<500).contains(answer.status), "\(file.key): \(answer.text)")
                default:
                    #expect(answer.status == 200 || (400..<500).contains(answer.status), "\(file.key): \(answer.text)")
                }
                if answer.status != 200 { #expect(!answer.detail.isEmpty, "\(answer.text)") }
            }
        }
    }
}
