import Resources
import Testing

@Suite struct ResourceTests {
    @Test(arguments: [Resource.emojiSheet, .emojiAlpha, .letters])
    func picturesArePNG(_ resource: Resource) {
        #expect(resource.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(resource.bytes.suffix(8).prefix(4).elementsEqual(Array("IEND".utf8)), "the file is whole")
    }

    @Test(arguments: [Resource.emojiIndex, .emojiRules, .lettersIndex, .imageNetClasses])
    func textsAreUTF8AndEndWithALine(_ resource: Resource) {
        #expect(Array(resource.text.utf8) == resource.bytes)
        #expect(!resource.text.contains("\u{FFFD}"))
        #expect(resource.text.hasSuffix("\n"))
    }

    @Test func linesAreThoseThatSaySomething() {
        #expect(Resource.imageNetClasses.lines.count == 1_000)
        #expect(Resource.imageNetClasses.lines.first == "n01440764\ttench, Tinca tinca")
        #expect(Resource.emojiRules.lines.allSatisfy { !$0.isEmpty && !$0.hasPrefix("#") })
    }
}
