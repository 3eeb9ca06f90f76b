import Testing

@testable import Web

struct SuggestionsTests {
    @Test(
        "distance",
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("top_k", "topk", 1),
            ("abc", "abc", 0),
            ("ab", "ba", 1), ("fats", "fast", 1), ("ca", "abc", 3), ("flaw", "lawn", 2),
        ])
    func distance(_ a: String, _ b: String, _ expected: Int) {
        #expect(Suggestions.distance(Array(a.utf8), Array(b.utf8)) == expected)
        #expect(Suggestions.distance(Array(b.utf8), Array(a.utf8)) == expected)
    }

    @Test(
        "nearest",
        arguments: [
            ("topk", ["top_k"]), ("TOP_K", ["top_k"]), ("input", ["inputs"]), ("labels", []), ("captur", ["capture"]),
            ("", []), ("tower2", ["tower"]), ("cap", ["capture"]), ("xyz", []),
        ])
    func nearest(_ name: String, _ expected: [String]) {
        #expect(Suggestions.nearest(to: name, in: ["inputs", "top_k", "capture", "tower"]) == expected)
    }

    @Test func theNearestComesFirstAndOnlyThree() {
        let names = ["hook_z", "hook_q", "hook_k", "hook_v", "hook_zz"]
        #expect(Suggestions.nearest(to: "hook_z", in: names) == ["hook_z", "hook_k", "hook_q"])
    }

    @Test func aHugeNameCostsNothing() {
        let huge = String(repeating: "a", count: 1_000_000)
        #expect(Suggestions.nearest(to: huge, in: [huge, "a"]).isEmpty)
    }

    @Test func theSentenceNamesThem() {
        #expect(Suggestions.sentence(for: "topk", in: ["top_k"]) == "did you mean \"top_k\"?")
        #expect(
            Suggestions.sentence(for: "hook_x", in: ["hook_q", "hook_k"]) == "did you mean \"hook_k\" or \"hook_q\"?")
        #expect(Suggestions.sentence(for: "nothing", in: ["top_k"]) == nil)
    }
}
