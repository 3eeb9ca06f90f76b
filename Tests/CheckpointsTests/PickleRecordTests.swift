import Testing
import TextNumbers

@testable import Checkpoints

/// What a file holds beside its tensors.
struct PickleRecordTests {
    /// The record of a file with one tensor, and what `body` adds.
    private func record(_ body: (inout PickleWriter) -> Void) throws -> JSONValue {
        try TorchFiles.open {
            $0.dict { top in
                top.text("w")
                top.tensor(storage: 12, [2], [1])
                body(&top)
            }
        }.record()
    }

    @Test func plainValuesAreKeptInOrder() throws {
        let record = try record { top in
            top.text("name")
            top.text("vit")
            top.text("none")
            top.op(.none)
            top.text("flag")
            top.op(.newtrue)
            top.text("rate")
            top.op(.binfloat, [0x3F, 0xE0, 0, 0, 0, 0, 0, 0])
            top.text("sizes")
            top.ints([1, 2, 3])
            top.text("nan")
            top.op(.float, line: "nan")
            top.int(4)
            top.int(-5)
        }
        #expect(
            record == [
                "name": "vit", "none": nil, "flag": true, "rate": 0.5, "sizes": [1, 2, 3], "nan": nil, "4": -5,
            ])
    }

    @Test func theConfigurationOfAnAutoencoderIsARecordOfItsFields() throws {
        let record = try record { top in
            top.text("cfg")
            top.global("vit_prisma.sae.config", "VisionModelSAERunnerConfig")
            top.op(.emptyTuple, .newobj)
            top.dict { fields in
                fields.text("d_in")
                fields.int(64)
                fields.text("_dtype")
                fields.global("torch", "float32")
                fields.text("_device")
                fields.call("torch", "device") {
                    $0.text("cuda")
                    $0.int(1)
                }
            }
            top.op(.build)
        }
        #expect(record == ["cfg": ["d_in": 64, "_dtype": "torch.float32", "_device": "cuda:1"]])
    }

    @Test func numpyScalarsAreNumbersAndArraysAreLeftOut() throws {
        func type(_ writer: inout PickleWriter, _ code: String, _ order: String) {
            writer.call("numpy", "dtype") {
                $0.text(code)
                $0.op(.newfalse, .newtrue)
            }
            writer.tuple {
                $0.int(3)
                $0.text(order)
                $0.op(.none, .none, .none)
                $0.int(-1)
                $0.int(-1)
                $0.int(0)
            }
            writer.op(.build)
        }
        let scalars: [(String, String, [UInt8], JSONValue?)] = [
            ("f8", "<", [0, 0, 0, 0, 0, 0, 0xE0, 0x3F], 0.5), ("f4", ">", [0x3F, 0, 0, 0], 0.5),
            ("i8", "<", [7, 0, 0, 0, 0, 0, 0, 0], 7), ("i2", ">", [0xFF, 0xFE], -2), ("u1", "|", [200], 200),
            ("b1", "|", [1], true), ("f2", "<", [0, 0x3C], 1), ("u8", "<", [UInt8](repeating: 255, count: 8), 0x1p64),
            ("U4", "<", [1, 2, 3, 4], nil), ("f8", "<", [1, 2], nil),
        ]
        for (code, order, bytes, expected) in scalars {
            for module in ["numpy.core.multiarray", "numpy._core.multiarray"] {
                let record = try record { top in
                    top.text("x")
                    top.global(module, "scalar")
                    top.tuple {
                        type(&$0, code, order)
                        $0.op(.shortBinbytes, [UInt8(bytes.count)] + bytes)
                    }
                    top.op(.reduce)
                }
                #expect(record["x"]?.double == expected?.double && record["x"]?.bool == expected?.bool, "\(code)")
            }
        }
        let array = try record { top in
            top.text("a")
            top.call("numpy._core.multiarray", "_reconstruct") {
                $0.global("numpy", "ndarray")
                $0.ints([0])
                $0.call("_codecs", "encode") {
                    $0.text("ÿ")
                    $0.text("latin1")
                }
            }
            top.ints([1])
            top.op(.build)
        }
        #expect(array == [:])
    }

    @Test func integersOfAnySizeAreRead() throws {
        let cases: [([UInt8], JSONValue)] = [
            ([], 0), ([0xFF], -1), ([0, 0x80], -32768), ([0xFF, 0], 255),
            ([0, 0, 0, 0, 0, 0, 0, 0x80], .integer(.min)),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0], .integer(.max)),
            ([0, 0, 0, 0, 0, 0, 0, 0x80, 0], .number(0x1p63)), ([0, 0, 0, 0, 0, 0, 0, 0, 1], .number(0x1p64)),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0xFF], .number(-0x1p64)),
        ]
        for (bytes, expected) in cases {
            #expect(
                try record { top in
                    top.text("n")
                    top.op(.long1, [UInt8(bytes.count)] + bytes)
                }["n"] == expected, "\(bytes)")
            #expect(
                try record { top in
                    top.text("n")
                    top.op(.long4, ZipFormat.number(bytes.count, 4) + bytes)
                }["n"] == expected)
        }
    }

    @Test func everyFormOfAValueIsRead() throws {
        let forms: [(JSONValue, (inout PickleWriter) -> Void)] = [
            (5, { $0.op(.int, line: "5") }), (true, { $0.op(.int, line: "01") }), (false, { $0.op(.int, line: "00") }),
            (-2, { $0.op(.binint, [0xFE, 0xFF, 0xFF, 0xFF]) }), (515, { $0.op(.binint2, [3, 2]) }),
            (1.5, { $0.op(.float, line: "1.5") }), ("a'b\n", { $0.op(.string, line: #"'a\'b\n'"#) }),
            ("é", { $0.op(.string, line: #""\xc3\xa9""#) }), ("ab", { $0.op(.shortBinstring, [2, 97, 98]) }),
            ("ab", { $0.op(.binstring, [2, 0, 0, 0, 97, 98]) }), ("ab", { $0.op(.shortBinunicode, [2, 97, 98]) }),
            ("ab", { $0.op(.binunicode8, [2, 0, 0, 0, 0, 0, 0, 0, 97, 98]) }),
            ([1, 2], { $0.raw([0x28, 0x4B, 1, 0x4B, 2, 0x6C]) }),  // MARK 1 2 LIST
            ([1, 2], { $0.raw([0x5D, 0x4B, 1, 0x61, 0x4B, 2, 0x61]) }),  // EMPTY_LIST, two APPEND
            ([1, 2], { $0.raw([0x8F, 0x28, 0x4B, 1, 0x4B, 2, 0x90]) }),  // EMPTY_SET MARK 1 2 ADDITEMS
            ([1], { $0.raw([0x4B, 1, 0x85]) }), ([1, 2, 3], { $0.raw([0x4B, 1, 0x4B, 2, 0x4B, 3, 0x87]) }),
            (["k": 1], { $0.raw([0x28, 0x55, 1, 107, 0x4B, 1, 0x64]) }),  // MARK "k" 1 DICT
            (3, { $0.raw([0x4B, 3, 0x4B, 4, 0x30]) }),  // POP
            (3, { $0.raw([0x4B, 3, 0x28, 0x4B, 4, 0x31]) }),  // POP_MARK
            (3, { $0.raw([0x28, 0x30, 0x4B, 3]) }),  // MARK POP
            ([6, 6], { $0.raw([0x4B, 6, 0x32, 0x86]) }),  // DUP TUPLE2
            ([6, 6], { $0.raw([0x4B, 6, 0x94, 0x68, 0, 0x86]) }),  // MEMOIZE BINGET
            ([6, 6], { $0.raw([0x4B, 6, 0x72, 0, 1, 0, 0, 0x6A, 0, 1, 0, 0, 0x86]) }),
            (
                ["k": 1],
                { writer in
                    writer.call("collections", "OrderedDict") {
                        $0.tuple {
                            $0.tuple {
                                $0.text("k")
                                $0.int(1)
                            }
                        }
                    }
                }
            ),
        ]
        for (index, form) in forms.enumerated() {
            #expect(
                try record { top in
                    top.text("x")
                    form.1(&top)
                }["x"] == form.0, "form \(index)")
        }
    }

    @Test func protocolsWithFramesAreRead() throws {
        let body: [UInt8] = [0x7D, 0x94, 0x8C, 1, 97, 0x94, 0x4B, 1, 0x73, 0x2E]
        for version in 4...5 {
            let pickle = [0x80, UInt8(version), 0x95] + ZipFormat.number(body.count, 8) + body
            let (document, end) = try PickleMachine.run(.memory(pickle), in: 0..<pickle.count)
            #expect(end == pickle.count)
            #expect(try document.json() == ["a": 1])
        }
    }

    /// A list remembered before it was filled is the filled one.
    @Test func whatIsRememberedIsTheObjectItself() throws {
        let record = try record { top in
            top.text("a")
            top.op(.emptyList)
            top.op(.binput, [9])
            top.int(1)
            top.op(.append)
            top.text("b")
            top.op(.binget, [9])
        }
        #expect(record == ["a": [1], "b": [1]])
    }

    @Test(arguments: ["deep", "wide", "itself"])
    func whatIsTooMuchForAConfigurationIsRefusedAndTheTensorsAreRead(kind: String) throws {
        let file = try TorchFiles.open {
            $0.dict { top in
                top.text("w")
                top.tensor(storage: 12, [2], [1])
                top.text("x")
                switch kind {
                case "deep":
                    for _ in 0..<50_000 { top.op(.emptyList) }
                    for _ in 0..<49_999 { top.op(.append) }
                case "wide":
                    top.op(.emptyList)
                    for level in 0..<25 {
                        top.op(.binput, [UInt8(level)])
                        top.op(.pop, .emptyList, .mark)
                        top.op(.binget, [UInt8(level)])
                        top.op(.binget, [UInt8(level)])
                        top.op(.appends)
                    }
                default:
                    top.op(.emptyList)
                    top.op(.dup, .append)
                }
            }
        }
        #expect(try file.elements("w") == [0, 1])
        let error = #expect(throws: CheckpointError.self) { try file.record() }
        #expect(try #require(error).file == "m.pt")
    }
}
