import HookedModels
import Testing

@Suite struct GlobTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let pattern: String
        let matches: [String]
        let refuses: [String]

        init(_ pattern: String, matches: [String] = [], refuses: [String] = []) {
            (self.pattern, self.matches, self.refuses) = (pattern, matches, refuses)
        }

        var testDescription: String { pattern }
    }

    static let cases = [
        Case("hook_embed", matches: ["hook_embed"], refuses: ["hook_embe", "hook_embedd", "xhook_embed", ""]),
        Case("Hook_embed", refuses: ["hook_embed"]),
        Case("", matches: [""], refuses: ["a"]),
        Case("*", matches: ["", "a", "blocks.0.attn.hook_q"]),
        Case("**", matches: ["", "a.b"]),
        Case("blocks.*", matches: ["blocks.", "blocks.0.attn.hook_q"], refuses: ["blocks", "xblocks.0"]),
        Case("*.hook_q", matches: ["blocks.0.attn.hook_q"], refuses: ["hook_q", "blocks.0.attn.hook_qq"]),
        Case("*hook_q", matches: ["hook_q", "blocks.0.attn.hook_q"], refuses: ["hook_q_input"]),
        Case(
            "blocks.*.hook_*_out", matches: ["blocks.0.hook_attn_out", "blocks.11.hook_mlp_out"],
            refuses: ["blocks.0.hook_out"]),
        Case("blocks.*.*.hook_scale", matches: ["blocks.0.ln1.hook_scale"], refuses: ["blocks.hook_scale"]),
        Case("*a*b*c", matches: ["abc", "xaxbxc", "aabbcc", "abcabc"], refuses: ["acb", "ab", "abcx"]),
        Case("a*a*a", matches: ["aaa", "aXaXa", "aaaa"], refuses: ["aa", "a"]),
        Case("*ab", matches: ["ab", "aab", "abab"], refuses: ["aba"]),
        Case("?", matches: ["a", "."], refuses: ["", "ab"]),
        Case("blocks.?.hook_q", matches: ["blocks.3.hook_q"], refuses: ["blocks.11.hook_q", "blocks..hook_q"]),
        Case("??*", matches: ["ab", "abc"], refuses: ["a", ""]),
        Case("*?", matches: ["a", "abc"], refuses: [""]),
        Case("[a]", matches: ["a"], refuses: ["b", "", "aa"]),
        Case("[abc]x", matches: ["ax", "cx"], refuses: ["dx"]),
        Case("blocks.[0-3].hook_q", matches: ["blocks.0.hook_q", "blocks.3.hook_q"], refuses: ["blocks.4.hook_q"]),
        Case("[0-9][0-9]", matches: ["07", "99"], refuses: ["7", "a7"]),
        Case("[a-cx-z]", matches: ["b", "y"], refuses: ["d", "w"]),
        Case("[a-]", matches: ["a", "-"], refuses: ["b"]),
        Case("[-a]", matches: ["a", "-"], refuses: ["b"]),
        Case("[!a]", matches: ["b", "!"], refuses: ["a", ""]),
        Case("[^0-9]x", matches: ["ax"], refuses: ["5x"]),
        Case("[.]", matches: ["."], refuses: ["a"]),
        Case("[*]", matches: ["*"], refuses: ["a"]),
        Case("[?]", matches: ["?"], refuses: ["a"]),
        Case("*.attn.hook_[qkv]", matches: ["blocks.0.attn.hook_v"], refuses: ["blocks.0.attn.hook_z"]),
        Case("{a}", matches: ["a"], refuses: ["{a}", ""]),
        Case("{a,b}", matches: ["a", "b"], refuses: ["ab", "a,b", ""]),
        Case("{a,}x", matches: ["ax", "x"], refuses: ["bx"]),
        Case("{}x", matches: ["x"], refuses: ["{}x"]),
        Case("x{a,b}y{c,d}", matches: ["xayc", "xbyd"], refuses: ["xay", "xyc"]),
        Case("{a,{b,c}d}", matches: ["a", "bd", "cd"], refuses: ["ad", "b"]),
        Case(
            "blocks.{0,11}.hook_resid_{pre,post}", matches: ["blocks.11.hook_resid_pre"],
            refuses: ["blocks.1.hook_resid_pre"]),
        Case("{hook_embed,blocks.*}", matches: ["hook_embed", "blocks.0.hook_mlp_out"], refuses: ["hook_pos_embed"]),
        Case(
            "*.{attn.hook_?,mlp.*}", matches: ["blocks.0.attn.hook_z", "blocks.0.mlp.hook_post"],
            refuses: ["blocks.0.attn.hook_pattern"]),
        Case("a,b", matches: ["a,b"], refuses: ["a", "b"]),
        Case("a]b", matches: ["a]b"], refuses: ["ab"]),
        Case("(a|b)+", matches: ["(a|b)+"], refuses: ["a"]),
        Case("a.c", matches: ["a.c"], refuses: ["abc"]),
        Case("\\*", refuses: ["*"]),
    ]

    @Test(arguments: cases)
    func theWholeNameMustMatch(_ example: Case) throws {
        let glob = try Glob(example.pattern)
        for name in example.matches { #expect(glob.matches(name), "\(name)") }
        for name in example.refuses { #expect(!glob.matches(name), "\(name)") }
    }

    @Test(arguments: [
        ("[", "the [ at character 1 is not closed or holds nothing"),
        ("a[bc", "the [ at character 2 is not closed or holds nothing"),
        ("[]", "the [ at character 1 is not closed or holds nothing"), ("x[!]", "the [ at character 2 holds nothing"),
        ("[z-a]", "a range of the [ at character 1 is empty"), ("}", "a } has no {"), ("a}b{c}", "a } has no {"),
        ("{a}}", "a } has no {"), ("{a{b}", "is not closed"), ("{", "is not closed"), ("x{a,b", "is not closed"),
        (String(repeating: "a", count: 513), "a pattern has at most 512 characters"),
        (String(repeating: "{a,b}", count: 9), "the braces make more than 256 alternatives"),
        ("{" + String(repeating: ",", count: 300) + "}", "the braces make more than 256 alternatives"),
    ])
    func aBadPatternSaysWhy(_ pattern: String, _ reason: String) throws {
        let error = try #require(throws: Glob.SyntaxError.self) { try Glob(pattern) }
        #expect(error.reason.contains(reason), "\(error.reason)")
    }

    @Test(arguments: [
        ("blocks.0.hook_q", true), ("a,b", true), ("*", false), ("a?", false), ("[a]", false), ("{a}", false),
    ])
    func aNameWithoutSignsIsLiteral(_ pattern: String, _ isLiteral: Bool) {
        #expect(((try? Glob(pattern))?.isLiteral ?? true) == isLiteral)
    }

    /// A pattern of many stars against a long name that just does not match: quadratic at worst, not exponential.
    @Test(.timeLimit(.minutes(1)))
    func manyStarsDoNotExplode() throws {
        let glob = try Glob(String(repeating: "*a", count: 128) + "b")
        #expect(!glob.matches(String(repeating: "a", count: 4_096)))
    }

    /// Against the definition, spelled out recursively: random patterns and names over a small alphabet.
    @Test(arguments: 0..<8)
    func randomPatternsMatchAsDefined(_ seed: UInt64) throws {
        var generator = SystemSeed(seed)
        for _ in 0..<500 {
            let pattern = generator.word(of: ["a", "b", "*", "?", "[ab]", "[!a]"], upTo: 6)
            let name = generator.word(of: ["a", "b", "c"], upTo: 7)
            let expected = Self.matches(pattern[...], Array(name.joined())[...])
            #expect(
                try Glob(pattern.joined()).matches(name.joined()) == expected, "\(pattern.joined()) \(name.joined())")
        }
    }

    private static func matches(_ pattern: ArraySlice<String>, _ name: ArraySlice<Character>) -> Bool {
        guard let sign = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        if sign == "*" {
            return matches(rest, name) || (!name.isEmpty && matches(pattern, name.dropFirst()))
        }
        guard let first = name.first else { return false }
        let accepts =
            switch sign {
            case "?": true
            case "[ab]": first == "a" || first == "b"
            case "[!a]": first != "a"
            default: sign == String(first)
            }
        return accepts && matches(rest, name.dropFirst())
    }

    /// Words over an alphabet, the same in every run.
    private struct SystemSeed {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func word(of alphabet: [String], upTo length: Int) -> [String] {
            (0..<next(length + 1)).map { _ in alphabet[next(alphabet.count)] }
        }

        private mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}
