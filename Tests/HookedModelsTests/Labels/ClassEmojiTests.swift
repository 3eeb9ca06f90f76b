import HookedModels
import Imaging
import Testing

@Suite struct ClassEmojiTests {
    private let rules = ClassEmoji.shared

    @Test func eachOfImageNetsThousandHasAnEmojiThatCanBeDrawn() {
        var used: Set<String> = []
        for (index, each) in ImageNetClasses.all.enumerated() {
            guard let emoji = rules.emoji(for: each.names, synset: each.synset) else {
                Issue.record("\(index) \(each.names) has none")
                continue
            }
            #expect(EmojiSprites.shared.contains(emoji) && emoji != EmojiSprites.fallback, "\(each.names): \(emoji)")
            used.insert(emoji)
        }
        #expect(used.count >= 450)
    }

    /// Publishers who keep the first name only lose little: all but what means two things is the same.
    @Test func theFirstNameNearlyAlwaysSuffices() {
        let other = ImageNetClasses.all.filter { each in
            let first = each.names.split(separator: ",").first.map { String($0) } ?? ""
            return rules.emoji(for: first, synset: each.synset) != rules.emoji(for: each.names, synset: each.synset)
        }
        #expect(other.count <= 45, "\(other.map(\.names))")
    }

    @Test func everyEmojiOfTheRulesCanBeDrawn() {
        #expect(rules.emoji.count > 500)
        for emoji in rules.emoji {
            #expect(EmojiSprites.shared.contains(emoji), "run scripts/pictures/make for \(emoji)")
        }
    }

    @Test(arguments: traps)
    func theWholeNameCounts(label: String, emoji: String) {
        #expect(rules.emoji(for: label) == emoji)
    }

    static let traps: [(String, String)] = [
        // A word in a word.
        ("catamaran", "⛵"), ("caterpillar", "🐛"), ("dogsled", "🛷"), ("bullfrog", "🐸"), ("cattle", "🐄"),
        ("hamper", "🧺"), ("pineapple", "🍍"), ("ptarmigan", "🐦"), ("carton", "📦"), ("peacock", "🦚"),
        ("horse cart, horse-cart", "🐴"), ("eggnog", "🥚"), ("pigeon", "🕊️"), ("seal", "🦭"),
        // A word before the one that counts.
        ("hot dog", "🌭"), ("hotdog, hot dog, red hot", "🌭"), ("tiger shark, Galeocerdo cuvieri", "🦈"),
        ("sea lion", "🦭"), ("bee eater", "🐦"), ("tiger beetle", "🪲"), ("wolf spider, hunting spider", "🕷️"),
        ("spider monkey, Ateles geoffroyi", "🐒"), ("spider web, spider's web", "🕸️"), ("squirrel monkey", "🐒"),
        ("leopard, Panthera pardus", "🐆"), ("snow leopard, ounce, Panthera uncia", "🐆"), ("king penguin", "🐧"),
        ("water buffalo, water ox", "🐃"), ("prairie chicken, prairie grouse", "🐔"), ("lionfish", "🐠"),
        ("anemone fish", "🐠"), ("sea cucumber, holothurian", "🪱"), ("guinea pig, Cavia cobaya", "🐹"),
        ("fox squirrel, eastern fox squirrel", "🐿️"), ("bell pepper", "🫑"), ("head cabbage", "🥬"),
        ("custard apple", "🍐"), ("mountain bike, all-terrain bike", "🚵"), ("bottlecap", "🔘"),
        ("bulletproof vest", "🦺"), ("teddy, teddy bear", "🧸"), ("computer mouse", "🖱️"), ("mouse", "🐭"),
        ("mouse, computer mouse", "🖱️"), ("drake", "🦆"), ("stone wall", "🧱"), ("fire engine, fire truck", "🚒"),
        ("water tower", "🗼"), ("ice cream, icecream", "🍦"), ("ice bear, polar bear", "🐻‍❄️"),
        ("Cardigan, Cardigan Welsh corgi", "🐕"), ("cardigan", "🧥"), ("electric guitar", "🎸"), ("drumstick", "🥁"),
        ("hen-of-the-woods, hen of the woods", "🍄"), ("coral fungus", "🍄"), ("jack-o'-lantern", "🎃"),
        ("killer whale, killer, orca, grampus, sea wolf", "🐋"), ("killer whale", "🐋"), ("toilet seat", "🚽"),
        ("toilet tissue, toilet paper", "🧻"), ("baseball bat", "⚾"), ("potted plant", "🪴"), ("wine glass", "🍷"),
        ("stop sign", "🛑"), ("tennis racket", "🎾"), ("dragonfly, darning needle, mosquito hawk", "🦟"),
        // Case, plural, hyphens, underscores, and other collections' names.
        ("DOGS", "🐕"), ("foxes", "🦊"), ("berries and cherries", "🍒"), ("aquarium_fish", "🐠"), ("T-shirt/top", "👕"),
        ("airplane", "✈️"), ("automobile", "🚗"), ("frog", "🐸"), ("truck", "🚚"), ("deer", "🦌"), ("ship", "🚢"),
        ("square", "🟦"), ("ellipse", "🥚"), ("heart", "❤️"), ("sunglasses", "🕶️"), ("cell phone", "📱"),
        ("hair drier", "💨"), ("pickup_truck", "🛻"), ("Ankle boot", "🥾"),
    ]

    @Test(arguments: [
        "", " ", ",", "thing 4", "LABEL_7", "class 3", "battery", "catastrophe", "🐈", "n01440764", "xyzzy",
    ])
    func whatNoRuleKnowsHasNone(_ label: String) {
        #expect(rules.emoji(for: label) == nil)
    }

    @Test func aSynsetTellsTwoThingsOfOneNameApart() {
        #expect(rules.emoji(for: "crane", synset: "n02012849") == "🐦")
        #expect(rules.emoji(for: "crane", synset: "n03126707") == "🏗️")
        #expect(rules.emoji(for: "kite", synset: "n01608432") == "🦅")
        #expect(rules.emoji(for: "kite") == "🪁")
    }

    @Test func anEndlessLabelIsReadOnce() {
        let label = String(repeating: "three toed three ", count: 5_000)
        #expect(rules.emoji(for: label) == nil)
    }
}
