/// Why a checkpoint cannot be read. Describes itself in one sentence that names the file (never its folder), the tensor
/// and what was expected.
public struct CheckpointError: Error, Sendable, Equatable {
    /// The last component of the path.
    public var file: String
    /// What is wrong.
    public var reason: Reason

    /// The error of a file.
    public init(_ file: String, _ reason: Reason) {
        self.file = file
        self.reason = reason
    }

    /// What is wrong with a file, a tensor in it, or what a model asked of it.
    public enum Reason: Sendable, Equatable {
        // The file.
        case notFound
        case unreadable
        case notAFile
        case tooLong(bytes: Int, limit: Int)
        // The header of a safetensors file.
        case tooShort(bytes: Int)
        case headerTooLong(length: UInt64, limit: Int)
        case headerPastEnd(length: Int, available: Int)
        case notJSON(position: Int, reason: String)
        case notAnObject
        case metadataNotText(key: String)
        // One of its entries.
        case malformedEntry(tensor: String, problem: String)
        case unknownDatatype(tensor: String, datatype: String)
        case rankTooHigh(tensor: String, rank: Int, limit: Int)
        case sizeOverflow(tensor: String, shape: [Int])
        case offsetsReversed(tensor: String, begin: Int, end: Int)
        case offsetsPastEnd(tensor: String, end: Int, available: Int)
        case sizeMismatch(tensor: String, expected: Int, found: Int)
        case hole(before: String, bytes: Int)
        case overlap(tensor: String, bytes: Int)
        case trailing(bytes: Int)
        // The index of a checkpoint in several files.
        case malformedIndex(problem: String)
        case shardOutsideFolder(shard: String)
        case missingShard(shard: String)
        case tensorNotInShard(tensor: String, shard: String)
        case tensorInTwoShards(tensor: String, first: String, second: String)
        case tensorNotInIndex(tensor: String)
        // The folder.
        case noWeights
        case severalWeights(files: [String], usual: String)
        // A PyTorch file.
        case notTorch(problem: String)
        case damagedArchive(problem: String)
        case refusedPickle(PickleError)
        case storageCutOff(key: String)
        case missingStorage(tensor: String, key: String)
        case wrongChecksum(key: String)
        case sizeBeyondFile(tensor: String, bytes: Int, file: Int)
        // What a model asks for.
        case missingTensor(name: String, nearest: [String])
        case wrongShape(name: String, expected: [Int], found: [Int])
        case notNumbers(name: String, datatype: String)
    }
}

extension CheckpointError: CustomStringConvertible {
    /// The sentence.
    public var description: String { "\(file): \(reason.sentence)" }
}

extension CheckpointError.Reason {
    /// What is wrong, without the file.
    public var sentence: String {
        switch self {
        case .notFound: "there is no such file"
        case .unreadable: "the file cannot be read"
        case .notAFile: "a file was expected, not a folder or a device"
        case .tooLong(let bytes, let limit): "the file has \(bytes) bytes, more than the limit of \(limit)"
        case .missingTensor(let name, let nearest):
            "tensor \(name.shown) is missing"
                + (nearest.isEmpty ? "" : "; nearest are \(nearest.map(\.shown).joined(separator: ", "))")
        case .wrongShape(let name, let expected, let found):
            "tensor \(name.shown) has shape \(found), expected \(expected)"
        case .notNumbers(let name, let datatype):
            "tensor \(name.shown) of datatype \(datatype) cannot be read as float32"
        default: headerSentence ?? folderSentence ?? torchSentence ?? entrySentence
        }
    }

    private var headerSentence: String? {
        switch self {
        case .tooShort(let bytes): "the file has \(bytes) bytes; a safetensors file has at least 8"
        case .headerTooLong(let length, let limit):
            "the header claims \(length) bytes, more than the format's limit of \(limit)"
        case .headerPastEnd(let length, let available):
            "the header claims \(length) bytes, but only \(available) follow; the file is cut off"
        case .notJSON(let position, let reason): "not the expected JSON at byte \(position): \(reason)"
        case .notAnObject: "a JSON object was expected"
        case .metadataNotText(let key): "'__metadata__' may hold only strings, but \(key.shown) is none"
        case .trailing(let bytes): "\(bytes) bytes follow the last tensor"
        default: nil
        }
    }

    private var folderSentence: String? {
        switch self {
        case .malformedIndex(let problem): "the index \(problem)"
        case .shardOutsideFolder(let shard): "the index names \(shard.shown), which is not a file of its own folder"
        case .missingShard(let shard): "the index names \(shard.shown), which is not there"
        case .tensorNotInShard(let tensor, let shard): "tensor \(tensor.shown) should be in \(shard.shown) and is not"
        case .tensorInTwoShards(let tensor, let first, let second):
            "tensor \(tensor.shown) is both in \(first.shown) and in \(second.shown)"
        case .tensorNotInIndex(let tensor): "tensor \(tensor.shown) is in no line of the index"
        case .noWeights:
            "no weights were found; expected model.safetensors, pytorch_model.bin or an index of their parts"
        case .severalWeights(let files, let usual):
            "which of \(files.joined(separator: ", ")) is meant? Name the file, or call it \(usual)"
        default: nil
        }
    }

    private var torchSentence: String? {
        switch self {
        case .notTorch(let problem): "the file \(problem)"
        case .damagedArchive(let problem): problem
        case .refusedPickle(let error): error.description
        case .storageCutOff(let key): "storage \(key.shown) reaches past the end of the file, which is cut off"
        case .missingStorage(let tensor, let key):
            "tensor \(tensor.shown) lies in storage \(key.shown), which is not in the file"
        case .wrongChecksum(let key):
            "the bytes of storage \(key.shown) do not match their checksum; the file is damaged"
        case .sizeBeyondFile(let tensor, let bytes, let file):
            "tensor \(tensor.shown) repeats the bytes of its storage: \(bytes) bytes out of a file of \(file)"
        default: nil
        }
    }

    private var entrySentence: String {
        switch self {
        case .malformedEntry(let tensor, let problem): "the entry of tensor \(tensor.shown) \(problem)"
        case .unknownDatatype(let tensor, let datatype):
            "tensor \(tensor.shown) has the unknown datatype \(datatype.shown)"
        case .rankTooHigh(let tensor, let rank, let limit):
            "tensor \(tensor.shown) has \(rank) axes; the limit is \(limit)"
        case .sizeOverflow(let tensor, let shape): "tensor \(tensor.shown) of shape \(shape) exceeds any memory"
        case .offsetsReversed(let tensor, let begin, let end):
            "tensor \(tensor.shown) begins at \(begin), after its end \(end)"
        case .offsetsPastEnd(let tensor, let end, let available):
            "tensor \(tensor.shown) ends at byte \(end) of the data, which has only \(available); the file is cut off"
        case .sizeMismatch(let tensor, let expected, let found):
            "tensor \(tensor.shown) takes \(expected) bytes by its shape and \(found) by its offsets"
        case .hole(let tensor, let bytes): "\(bytes) bytes before tensor \(tensor.shown) belong to no tensor"
        case .overlap(let tensor, let bytes): "tensor \(tensor.shown) shares \(bytes) bytes with the one before it"
        default: preconditionFailure("every reason has a sentence")
        }
    }
}
