import Checkpoints
import Foundation
import ServiceTesting
import Testing
import TextNumbers

@testable import HookedModels

@Suite struct TokenizerTests {
    private static let tiny = TinyCLIP()
    private static let text = TextInput(
        vocabulary: tiny.pieces.count, context: tiny.context, padding: 0, end: .token(tiny.pieces.count - 1))

    private func tokenizer(_ files: [String: [UInt8]], text: TextInput = text) throws -> Tokenizer? {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let url = try Self.tiny.write(to: folder, named: "clip", withTokenizer: false)
        for (name, bytes) in files { try folder.write(bytes, to: "clip/" + name) }
        return try Tokenizer(of: Checkpoint(path: url.path), for: text)
    }

    private func usual() throws -> Tokenizer {
        try #require(try tokenizer(Self.pair))
    }

    private static let pair = [
        "vocab.json": tiny.vocabulary.serialized, "merges.txt": Array(tiny.mergesText.utf8),
    ]

    /// Pieces instead of numbers, without begin and end.
    private func pieces(_ text: String) throws -> [String] {
        try usual().ids(text).dropFirst().dropLast().map { Self.tiny.pieces[$0] }
    }

    @Test(arguments: [
        ("cat", ["cat</w>"]), ("A  Cat\tof DOG", ["a</w>", "cat</w>", "of</w>", "dog</w>"]),
        ("cats", ["ca", "t", "s</w>"]), ("photo42", ["photo</w>", "4</w>", "2</w>"]),
        ("dog's!", ["dog</w>", "'", "s</w>", "!</w>"]), ("", []), (" \u{3000}\n", []),
        ("!!dog?", ["!", "!</w>", "dog</w>", "?</w>"]), ("'lldog", ["'", "l", "l</w>", "dog</w>"]),
        ("é", ["Ã", "©</w>"]), ("e\u{301}", ["Ã", "©</w>"]), ("\u{0}", ["Ā</w>"]),
        ("a<|ENDOFTEXT|>dog", ["a</w>", "<|endoftext|>", "dog</w>"]),
    ])
    func wordsBecomePieces(_ text: String, _ expected: [String]) throws {
        #expect(try pieces(text) == expected)
    }

    @Test func aTextIsFilledUpAndALongOneKeepsItsEnd() throws {
        let tokenizer = try usual()
        let (begin, end) = (Self.tiny.id("<|startoftext|>"), Self.tiny.id("<|endoftext|>"))
        let cat = Self.tiny.id("cat</w>")
        #expect(tokenizer.padded("cat") == [begin, cat, end] + Array(repeating: 0, count: 9))
        let long = Array(repeating: "cat", count: 30).joined(separator: " ")
        #expect(tokenizer.padded(long) == [begin] + Array(repeating: cat, count: 10) + [end])
        #expect(tokenizer.ids(long).count == 32)
    }

    /// What takes the square of its length would take minutes here.
    @Test(.timeLimit(.minutes(1)))
    func aWordOfAHundredThousandLettersIsRead() throws {
        let ids = try usual().ids(String(repeating: "ca", count: 50_000))
        #expect(ids.count == 50_002 + 1, "ca, …, c, a</w>")
    }

    @Test func theSameTokenizerComesOutOfEveryKindOfFile() throws {
        let merges = JSONValue.array(Self.tiny.merges.map { .string($0) })
        let pairs = JSONValue.array(
            Self.tiny.merges.map { .array($0.split(separator: " ").map { .string(String($0)) }) })
        let sentence = "Photo of a CAT, dogs & 12 déjà vu"
        let expected = try usual().padded(sentence)
        for merges in [merges, pairs] {
            let whole: JSONValue = [
                "model": [
                    "type": "BPE", "end_of_word_suffix": "</w>", "vocab": Self.tiny.vocabulary, "merges": merges,
                ]
            ]
            #expect(try tokenizer(["tokenizer.json": whole.serialized])?.padded(sentence) == expected)
        }
        let more = "bpe_simple_vocab_16e6.txt#version: 0.2\n" + Self.tiny.mergesText.dropFirst(14) + "too many\n"
        let packed = Gzipped.stored(Array(more.utf8))
        #expect(try tokenizer(["bpe_simple_vocab_16e6.txt.gz": packed])?.padded(sentence) == expected)
        #expect(try tokenizer([:]) == nil)
        #expect(try tokenizer(["merges.txt": [0]]) == nil, "without a vocabulary it is none")
    }

    @Test func tokensThatAreNotNormalisedAreFoundAsTheyAreWritten() throws {
        let end = Self.tiny.id("<|endoftext|>")
        let whole: JSONValue = [
            "model": [
                "type": "BPE", "end_of_word_suffix": "</w>", "vocab": Self.tiny.vocabulary, "merges": [],
            ],
            "added_tokens": [["id": .integer(Int64(end)), "content": "<|endoftext|>", "normalized": false]],
        ]
        let tokenizer = try #require(try tokenizer(["tokenizer.json": whole.serialized]))
        #expect(tokenizer.ids("<|endoftext|>").count == 3)
        #expect(tokenizer.ids("<|ENDOFTEXT|>").count > 3)
    }

    struct Hostile: CustomTestStringConvertible, Sendable {
        let files: [String: [UInt8]]
        let message: String
        var testDescription: String { message }

        init(_ files: [String: String], _ message: String) {
            self.files = TokenizerTests.pair.merging(files.mapValues { Array($0.utf8) }) { $1 }
            self.message = message
        }
    }

    @Test(arguments: [
        Hostile(["merges.txt": "#version: 0.2\nc a\nc q\n"], "merges.txt, line 3: the merge 1 names 'cq'"),
        Hostile(["merges.txt": "c a\nabc\n"], "merges.txt, line 2: expected two pieces"),
        Hostile(["merges.txt": "c a b\n"], "merges.txt, line 1: expected two pieces"),
        Hostile(["merges.txt": "xyz a\n"], "merges.txt, line 1: the merge 0 names 'xyz', which is not in vocab.json"),
        Hostile(["merges.txt": String(repeating: "c", count: 5_000)], "merges.txt, line 1: not UTF-8, or longer"),
        Hostile(["vocab.json": "{\"a\": 1, \"b\": 1}"], "vocab.json: 'a' and 'b' have the same id, 1"),
        Hostile(["vocab.json": "{\"a\": 100000}"], "vocab.json: the id of 'a' must be a whole number below"),
        Hostile(["vocab.json": "{\"a\": -1}"], "vocab.json: the id of 'a'"),
        Hostile(["vocab.json": "{\"a\": 1.5}"], "vocab.json: the id of 'a'"),
        Hostile(["vocab.json": "{\"a\": 1}"], "vocab.json: there is no '<|startoftext|>'"),
        Hostile(["vocab.json": "[1]"], "vocab.json: a JSON object was expected"),
        Hostile(["vocab.json": "{"], "vocab.json: not the expected JSON at byte 1"),
        Hostile(
            ["vocab.json": "{\"\(String(repeating: "a", count: 2_000))\": 1}"], "is longer than 1024 bytes"),
    ])
    func aDamagedVocabularyIsRefused(_ hostile: Hostile) throws {
        do throws(any Error) {
            _ = try tokenizer(hostile.files)
            Issue.record("it was taken")
        } catch {
            #expect(error is TokenizerError)
            #expect("\(error)".contains(hostile.message), "\(error)")
        }
    }

    @Test(arguments: ["cut off", "bomb", "none"])
    func damagedGzipIsRefused(_ kind: String) throws {
        let bytes: [UInt8] =
            switch kind {
            case "cut off": Gzipped.stored(Array(Self.tiny.mergesText.utf8)).dropLast(20)
            // Forty megabytes of zeros, stored.
            case "bomb": Gzipped.stored(Array(repeating: 0, count: 40 << 20))
            default: Array("no gzip at all".utf8)
            }
        #expect(throws: TokenizerError.self) { try tokenizer(["bpe_simple_vocab_16e6.txt.gz": bytes]) }
    }

    @Test(.enabled(if: Golden.shared != nil))
    func idsAreThoseOfTransformers() throws {
        let folder = try #require(Golden.shared).appending(path: "models/hf_clip")
        let golden = try JSONValue.parse([UInt8](Data(contentsOf: folder.appending(path: "tokenizer_golden.json"))))
        let checkpoint = try Checkpoint(path: folder.appending(path: "checkpoint").path)
        let text = TextInput(vocabulary: 661, context: 24, padding: 660, end: .token(660))
        let tokenizer = try #require(try Tokenizer(of: checkpoint, for: text))
        let cases = try #require(golden["cases"]?.array)
        #expect(cases.count > 25)
        for example in cases {
            let string = try #require(example["text"]?.string)
            #expect(tokenizer.padded(string).map(Double.init) == example["ids"]?.doubles, "\(string)")
            #expect(tokenizer.ids(string).map(Double.init) == example["ids_untruncated"]?.doubles, "\(string)")
        }
    }
}
