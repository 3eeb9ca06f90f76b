import HookedModels
import ServiceTesting
import Testing
import TextNumbers

@Suite struct ClassLabelCompletionTests {
    /// A model of a thousand classes whose `id2label` is `labels`.
    private func model(_ labels: [String: String]?, classes: Int = 1_000) throws -> HookedModel {
        let tiny = TinyModel(.huggingFace, classes: classes)
        var checkpoint = tiny.checkpoint
        let members = labels.map { $0.map { JSONMember($0.key, .string($0.value)) } }
        checkpoint.configuration = checkpoint.configuration?.setting("id2emoji", to: nil)
            .setting("id2label", to: members.map { .object($0) })
        return try checkpoint.load()
    }

    @Test func aThousandClassesWithoutNamesAreImageNets() throws {
        let placeholders = Dictionary(uniqueKeysWithValues: (0..<1_000).map { ("\($0)", "LABEL_\($0)") })
        for labels in [nil, placeholders] {
            let model = try model(labels)
            #expect(model.labels.count == 1_000)
            #expect(model.label(281) == "tabby, tabby cat" && model.emoji(281) == "🐈")
            #expect(model.label(134) == model.label(517))
            #expect(model.emoji(134) == "🐦" && model.emoji(517) == "🏗️")
        }
    }

    @Test func otherNumbersOfClassesAreLeftAlone() throws {
        let model = try model(["0": "LABEL_0", "1": "LABEL_1"], classes: 999)
        #expect(model.label(0) == "LABEL_0" && model.label(281) == "class 281")
        #expect(model.emoji(0) == nil && model.emoji(281) == nil)
    }

    /// Names that a checkpoint brings stay; where they are ImageNet's, their places tell what they mean.
    @Test func namesOfTheCheckpointStay() throws {
        let model = try model([
            "21": "kite", "134": "crane", "517": "crane", "0": "a crane of another kind", "5": "kite",
        ])
        #expect(model.label(21) == "kite" && model.label(5) == "kite" && model.label(6) == "class 6")
        #expect([21, 134, 517].map(model.emoji) == ["🦅", "🐦", "🏗️"])
        #expect(model.emoji(5) == "🪁", "class 5 of ImageNet is no kite")
    }
}
