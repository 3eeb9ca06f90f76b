import Testing
import TextNumbers

@testable import Checkpoints

struct TorchStateDictTests {
    private static func w(_ writer: inout PickleWriter, _ name: String = "w", offset: Int = 0) {
        writer.text(name)
        writer.tensor(storage: 12, offset: offset, [2], [1])
    }

    private static func names(_ body: (inout PickleWriter) -> Void) throws -> [String] {
        try TorchFiles.open(pickle: body).entries.map(\.name)
    }

    @Test(arguments: ["state_dict", "model", "model_state_dict"])
    func wrappersOfTrainingLoopsAreLookedThrough(wrapper: String) throws {
        let file = try TorchFiles.open {
            $0.dict { top in
                top.text("epoch")
                top.int(7)
                top.text("optimizer_state_dict")
                top.dict { Self.w(&$0, "momentum") }
                top.text(wrapper)
                top.dict { Self.w(&$0) }
            }
        }
        #expect(file.entries.map(\.name) == ["w"])
        #expect(try file.record()["epoch"] == 7)
    }

    @Test func wrappersMayLieInOneAnother() throws {
        let names = try Self.names {
            $0.dict { top in
                top.text("model")
                top.dict { model in
                    model.text("state_dict")
                    model.dict { Self.w(&$0) }
                }
            }
        }
        #expect(names == ["w"])
    }

    @Test func aWrapperWithoutTensorsIsNone() throws {
        let names = try Self.names {
            $0.dict { top in
                top.text("model")
                top.dict { settings in
                    settings.text("width")
                    settings.int(64)
                }
                Self.w(&top)
            }
        }
        #expect(names == ["w"])
    }

    @Test func thePrefixOfParallelWrappersIsRemovedWhereEveryNameHasIt() throws {
        #expect(
            try Self.names {
                $0.dict { top in
                    Self.w(&top, "module.a")
                    Self.w(&top, "module.b")
                }
            } == ["a", "b"])
        #expect(
            try Self.names {
                $0.dict { top in
                    Self.w(&top, "module.a")
                    Self.w(&top, "b")
                }
            } == ["module.a", "b"])
    }

    @Test func dictionariesInDictionariesGiveNamesWithDots() throws {
        let names = try Self.names {
            $0.dict { top in
                top.text("encoder")
                top.dict { Self.w(&$0, "a.b") }
                top.text("layers")
                top.dict { layers in
                    layers.int(3)
                    layers.tensor(storage: 12, [1], [1])
                }
            }
        }
        #expect(names == ["encoder.a.b", "layers.3"])
    }

    @Test func theLastOfTwoEqualKeysCounts() throws {
        let file = try TorchFiles.open {
            $0.dict { top in
                Self.w(&top, offset: 0)
                Self.w(&top, offset: 4)
            }
        }
        #expect(file.entries.count == 1)
        #expect(try file.elements("w") == [4, 5])
    }

    @Test func twoWaysToOneNameAreRefused() {
        #expect(throws: CheckpointError("m.pt", .malformedEntry(tensor: "a.b", problem: "is there twice"))) {
            try Self.names {
                $0.dict { top in
                    Self.w(&top, "a.b")
                    top.text("a")
                    top.dict { Self.w(&$0, "b") }
                }
            }
        }
    }

    @Test func aTensorAloneIsCalledTensor() throws {
        let file = try TorchFiles.open { $0.tensor(storage: 12, [12], [1]) }
        #expect(try file.elements("tensor").count == 12)
    }

    @Test func ordinalsAndOtherKeysDoNotDisturb() throws {
        let names = try Self.names {
            $0.dict { top in
                top.op(.none)
                top.int(1)
                top.ints([1, 2])
                top.text("a tuple as a key")
                Self.w(&top)
            }
        }
        #expect(names == ["w"])
    }

    @Test(arguments: ["an integer", "an empty dictionary", "a list", "None", "no tensors"])
    func whatHoldsNoTensorsIsRefused(kind: String) throws {
        let error = #expect(throws: CheckpointError.self) {
            try TorchFiles.open { writer in
                switch kind {
                case "an integer": writer.int(5)
                case "an empty dictionary": writer.op(.emptyDict)
                case "a list": writer.op(.emptyList)
                case "None": writer.op(.none)
                default:
                    writer.dict {
                        $0.text("a")
                        $0.int(1)
                    }
                }
            }
        }
        #expect(try #require(error).description.contains("dictionary"))
    }

    /// Each level holds the one below twice: 2^60 tensors, were it written out.
    @Test func sharedDictionariesAreNotMultiplied() {
        #expect(throws: CheckpointError.self) {
            try TorchFiles.open { writer in
                writer.dict { Self.w(&$0) }
                for level in 0..<60 {
                    writer.op(.put, line: "\(level)")
                    writer.op(.pop)
                    writer.dict { pair in
                        for key in ["a", "b"] {
                            pair.text(key)
                            pair.op(.get, line: "\(level)")
                        }
                    }
                }
            }
        }
    }

    @Test func aDictionaryThatHoldsItselfIsRefused() {
        #expect(throws: CheckpointError.self) {
            try TorchFiles.open { writer in
                writer.op(.emptyDict)
                writer.op(.binput, [0])
                writer.text("self")
                writer.op(.binget, [0])
                writer.op(.setitem)
                Self.w(&writer)
                writer.op(.setitem)
            }
        }
    }
}
