import Testing

@testable import Checkpoints

/// Each vector is a pickle in an otherwise good file, and is refused at a known place.
struct PickleRefusalTests {
    private func refusal(_ pickle: [UInt8]) -> PickleError? {
        let error = #expect(throws: CheckpointError.self) { try TorchFiles.open(TorchFiles.archive(pickle)) }
        guard case .refusedPickle(let refusal) = error?.reason else {
            Issue.record("refused for \(String(describing: error))")
            return nil
        }
        return refusal
    }

    // MARK: Opcodes

    private static let outside = (0...UInt8.max).filter { PickleOpcode(rawValue: $0) == nil }

    @Test(arguments: outside)
    func everyByteOutsideTheListIsRefusedAsAnOpcode(byte: UInt8) {
        let problem: PickleProblem =
            PickleOpcode.refused[byte].map { .refusedOpcode($0) } ?? .unknownOpcode(byte)
        #expect(refusal([0x80, 2, byte, 0x2E]) == PickleError(position: 2, opcode: nil, problem: problem))
    }

    @Test func theListIsTheOneOfThePromise() {
        #expect(PickleOpcode.allCases.count + PickleOpcode.refused.count == 68)
        #expect(Self.outside.count == 256 - 56)
        #expect(PickleOpcode.shortBinunicode.name == "SHORT_BINUNICODE" && PickleOpcode.newtrue.name == "NEWTRUE")
    }

    @Test(arguments: ["INST", "OBJ", "EXT1", "EXT2", "EXT4", "NEWOBJ_EX", "NEXT_BUFFER", "READONLY_BUFFER"])
    func opcodesThatMakeObjectsAreRefusedByName(name: String) throws {
        let byte = try #require(PickleOpcode.refused.first { $0.value == name }).key
        #expect(try #require(refusal([byte])).description.contains("the opcode \(name) is refused"))
    }

    // MARK: Names

    static let dangerous = [
        "os system", "os popen", "os execv", "os spawnl", "os remove", "posix system", "posix popen", "nt system",
        "subprocess Popen", "subprocess call", "subprocess check_output", "subprocess run", "commands getoutput",
        "builtins eval", "builtins exec", "builtins compile", "builtins open", "builtins getattr", "builtins setattr",
        "builtins __import__", "builtins globals", "builtins type", "builtins object", "builtins set",
        "builtins bytearray", "builtins print", "builtins exit", "__builtin__ eval", "__builtin__ exec",
        "__builtin__ file", "__builtin__ set", "__builtin__ execfile", "io open", "_io FileIO", "codecs open",
        "_codecs decode", "_codecs lookup", "codecs encode", "importlib import_module", "importlib._bootstrap _call",
        "runpy run_path", "pty spawn", "socket socket", "urllib.request urlopen", "webbrowser open", "shutil rmtree",
        "tempfile mktemp", "ctypes CDLL", "ctypes cast", "pickle loads", "_pickle loads", "cPickle loads",
        "marshal loads", "dill loads", "cloudpickle loads", "joblib load", "shelve open", "types CodeType",
        "types FunctionType", "functools partial", "functools reduce", "operator attrgetter", "operator methodcaller",
        "operator itemgetter", "itertools starmap", "copyreg _reconstructor", "copy_reg _reconstructor",
        "copyreg __newobj__", "collections defaultdict", "collections namedtuple", "collections UserDict",
        "collections OrderedDict.update", "collections", "timeit timeit", "code interact", "pdb run", "bdb Bdb",
        "asyncio run", "multiprocessing Process", "threading Thread", "atexit register", "signal alarm", "sys exit",
        "sys modules", "site addsitedir", "pip main", "ensurepip bootstrap", "inspect currentframe", "gc collect",
        "warnings warn", "logging.config dictConfig", "yaml load", "numpy load", "numpy.lib.npyio load",
        "numpy fromfile", "numpy.core.multiarray fromfile", "numpy.testing._private.utils runstring",
        "numpy.f2py.crackfortran myeval", "numpy vectorize", "pandas read_pickle", "torch load",
        "torch.serialization load", "torch.hub load", "torch.hub load_state_dict_from_url", "torch.jit load",
        "torch.utils.cpp_extension load", "torch._utils _rebuild_sparse_tensor", "torch._utils _import_dotted_name",
        "torch._tensor _rebuild_from_type_v2", "torch._C _from_dlpack", "torch.storage _load_from_bytes",
        "torch.nn.modules.linear Linear", "torch.nn.modules.module Module.__getattr__", "torch.ops load_library",
        "torch.package PackageImporter", "torch.distributed.rpc remote", "torch NoSuchStorage", "torch float33",
        "torch.float32 name", "Torch FloatStorage", "torch FloatStorage.from_file", "torch device.__class__",
        "torch._utils _rebuild_tensor_v4", "vit_prisma.sae.config VisionModelSAERunnerConfig.load_config",
        "vit_prisma.sae.config", "vit_prisma.sae VisionModelSAERunnerConfig", "transformers AutoModel",
        "argparse Namespace",
        "", " ", "torch._utils  _rebuild_tensor_v2", "torch._utils _rebuild_tensor_v2 ", "numpy dtype\u{0}",
        "ＴＯＲＣＨ Size", "torch Ｓize", "../torch Size",
    ]

    @Test(arguments: dangerous)
    func namesOutsideTheListAreRefusedByName(_ name: String) throws {
        let parts = name.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (module, member) = (parts[0], parts.count > 1 ? parts[1] : "")
        let expected = PickleProblem.refusedGlobal("\(module).\(member)")
        // As GLOBAL, called with an argument, as the attacks do.
        let called = PickleWriter.pickle {
            $0.call(module, member) { $0.text("touch /tmp/never") }
        }
        #expect(refusal(called) == PickleError(position: 2, opcode: "GLOBAL", problem: expected))
        // As STACK_GLOBAL.
        let stacked = PickleWriter.pickle {
            $0.text(module)
            $0.text(member)
            $0.op(.stackGlobal, .emptyTuple, .reduce)
        }
        let error = try #require(refusal(stacked))
        #expect(error.opcode == "STACK_GLOBAL" && error.problem == expected)
        // As an argument of a function that is known.
        let nested = PickleWriter.pickle {
            $0.call("torch._utils", "_rebuild_tensor_v2") { $0.call(module, member) }
        }
        #expect(refusal(nested)?.problem == expected)
    }

    @Test(arguments: ["ComplexFloatStorage", "ComplexDoubleStorage", "QInt8Storage", "complex64", "qint8"])
    func numbersThatAreNotReadAreRefusedAsSuch(name: String) throws {
        let error = try #require(refusal(PickleWriter.pickle { $0.global("torch", name) }))
        #expect(error.problem == .unreadNumbers("torch.\(name)"))
        #expect(error.description.contains("complex and quantised"))
    }

    @Test func nothingOfAHostileNameReachesATerminal() throws {
        let name = "\u{1B}[2Jx\u{202E}" + String(repeating: "y", count: 500)
        let error = try #require(refusal(PickleWriter.pickle { $0.global("os", name) }))
        #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E })
        #expect(error.description.count < 400 && error.description.contains("'os.\\u{1B}[2Jx"))
    }

    // MARK: Calls

    /// A call of each known name with nothing, with a list instead of a tuple, with seven numbers.
    @Test(arguments: PickleGlobal.table.keys.sorted())
    func knownNamesCalledAmissAreRefused(name: String) throws {
        let parts = name.split(separator: " ").map(String.init)
        for version in 0..<4 {
            let pickle = PickleWriter.pickle { writer in
                writer.global(parts[0], parts[1])
                switch version {
                case 0: writer.op(.emptyTuple)
                case 1: writer.op(.emptyList)
                case 2: writer.ints([1, 2, 3, 4, 5, 6, 7])
                default: writer.op(.none)
                }
                writer.op(.reduce)
            }
            let isGood = version == 0 && (name.hasPrefix("collections") || name.hasPrefix("vit_prisma"))
            if isGood {
                #expect(throws: CheckpointError.self) { try TorchFiles.open(TorchFiles.archive(pickle)) }
            } else {
                #expect(refusal(pickle)?.opcode == "REDUCE", "\(name) \(version)")
            }
        }
    }

    @Test(arguments: PickleGlobal.table.keys.sorted().filter { !$0.hasPrefix("vit_prisma") })
    func onlyConfigurationsHaveInstances(name: String) {
        let parts = name.split(separator: " ").map(String.init)
        let pickle = PickleWriter.pickle {
            $0.global(parts[0], parts[1])
            $0.op(.emptyTuple, .newobj)
        }
        #expect(refusal(pickle)?.opcode == "NEWOBJ")
    }

    @Test func whatIsNoNameCannotBeCalled() {
        let values: [(inout PickleWriter) -> Void] = [
            { $0.op(.none) }, { $0.text("os.system") }, { $0.int(1) }, { $0.op(.emptyDict) }, { $0.ints([1]) },
        ]
        for value in values {
            for opcode in [PickleOpcode.reduce, .newobj] {
                let pickle = PickleWriter.pickle {
                    value(&$0)
                    $0.op(.emptyTuple, opcode)
                }
                #expect(refusal(pickle)?.opcode == opcode.name)
            }
        }
    }

    @Test func statesAreSetOnlyWhereTheyAreHarmless() {
        let targets: [(inout PickleWriter) -> Void] = [
            { $0.op(.none) }, { $0.op(.emptyDict) }, { $0.op(.emptyList) }, { $0.global("torch", "Size") },
            { $0.tensor(storage: 12, [1], [1]) }, { $0.storage(count: 12) },
        ]
        for target in targets {
            let pickle = PickleWriter.pickle {
                target(&$0)
                $0.op(.emptyDict, .build)
            }
            #expect(refusal(pickle)?.opcode == "BUILD")
        }
        let twice = PickleWriter.pickle {
            $0.global("vit_prisma.sae.config", "VisionModelSAERunnerConfig")
            $0.op(.emptyTuple, .newobj, .emptyDict, .build, .emptyDict, .build)
        }
        #expect(refusal(twice)?.opcode == "BUILD")
    }

    @Test func storagesNeedTheirFiveParts() {
        let tuples: [(inout PickleWriter) -> Void] = [
            { _ in }, { $0.text("module") }, { $0.text("storage") },
            { $0.raw(Self.storage(kind: "module")) }, { $0.raw(Self.storage(type: ("torch", "Size"))) },
            { $0.raw(Self.storage(count: -1)) },
            { $0.raw(Self.storage() + PickleWriter { $0.int(5) }.bytes.dropFirst(2)) },
            { $0.raw(Self.storage() + PickleWriter { $0.ints([1, 2]) }.bytes.dropFirst(2)) },
        ]
        for tuple in tuples {
            let pickle = PickleWriter.pickle {
                $0.tuple(tuple)
                $0.op(.binpersid)
            }
            #expect(refusal(pickle)?.opcode == "BINPERSID")
        }
        #expect(refusal(PickleWriter.pickle { $0.op(.persid, line: "0") })?.opcode == "PERSID")
        #expect(
            refusal(
                PickleWriter.pickle {
                    $0.text("0")
                    $0.op(.binpersid)
                })?.opcode == "BINPERSID")
    }

    private static func storage(
        kind: String = "storage", type: (String, String) = ("torch", "FloatStorage"), count: Int = 12
    ) -> [UInt8] {
        let writer = PickleWriter {
            $0.text(kind)
            $0.global(type.0, type.1)
            $0.text("0")
            $0.text("cpu")
            $0.int(count)
        }
        return Array(writer.bytes.dropFirst(2))
    }
}
