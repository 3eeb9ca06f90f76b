import HookedModels
import Testing

@Suite struct ImageNetClassesTests {
    @Test func thereAreAThousandWithSynsetsOfTheirOwn() {
        #expect(ImageNetClasses.all.count == 1_000)
        #expect(Set(ImageNetClasses.all.map(\.synset)).count == 1_000)
        #expect(
            ImageNetClasses.all.map(\.synset) == ImageNetClasses.all.map(\.synset).sorted(), "their order is WordNet's")
        for each in ImageNetClasses.all {
            #expect(each.synset.wholeMatch(of: /n\d{8}/) != nil && !each.names.isEmpty, "\(each)")
        }
    }

    @Test(
        arguments: [
            (0, "n01440764", "tench, Tinca tinca"), (88, "n01818515", "macaw"), (134, "n02012849", "crane"),
            (207, "n02099601", "golden retriever"), (232, "n02106166", "Border collie"),
            (281, "n02123045", "tabby, tabby cat"), (517, "n03126707", "crane"),
            (673, "n03793489", "mouse, computer mouse"),
            (954, "n07753592", "banana"), (999, "n15075141", "toilet tissue, toilet paper, bathroom tissue"),
        ])
    func aClassIsWhereEveryClassifierHasIt(index: Int, synset: String, names: String) {
        #expect(ImageNetClasses.all[index].synset == synset)
        #expect(ImageNetClasses.all[index].names == names)
    }
}
