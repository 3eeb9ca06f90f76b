import TextNumbers

/// The index of a checkpoint that is spread over several files:
///
///     {"metadata": {…}, "weight_map": {"tensor name": "model-00001-of-00003.safetensors", …}}
struct ShardIndex {
    static let maximumBytes = 64 << 20

    /// Which file holds each tensor.
    let shardOfTensor: [String: String]
    /// The files, sorted by name.
    let shards: [String]

    /// - Parameter isShard: whether a file of that name may be one.
    init(path: String, isShard: (String) -> Bool) throws(CheckpointError) {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let document = try JSONFile.read(path, limit: ShardIndex.maximumBytes)
        guard let map = document["weight_map"]?.object else {
            throw CheckpointError(file, .malformedIndex(problem: "has no object 'weight_map'"))
        }
        var shardOfTensor: [String: String] = [:]
        for member in map {
            guard let shard = member.value.string else {
                throw CheckpointError(file, .malformedIndex(problem: "names no file for tensor '\(member.key)'"))
            }
            guard ShardIndex.isPlainName(shard), isShard(shard) else {
                throw CheckpointError(file, .shardOutsideFolder(shard: shard))
            }
            shardOfTensor[member.key] = shard
        }
        if shardOfTensor.isEmpty { throw CheckpointError(file, .malformedIndex(problem: "names no tensors")) }
        self.shardOfTensor = shardOfTensor
        shards = Set(shardOfTensor.values).sorted()
    }

    /// A name that stays in its folder.
    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    /// Opens the files in `folder`, and checks that each tensor is in the file that the index names, and in no other.
    func open(in folder: String, indexName: String) throws(CheckpointError) -> [WeightsFile] {
        var files: [WeightsFile] = []
        var found: [String: String] = [:]
        for shard in shards {
            let file: WeightsFile
            do throws(CheckpointError) {
                file = try WeightsFile(path: "\(folder)/\(shard)")
            } catch {
                throw error.reason == .notFound ? CheckpointError(indexName, .missingShard(shard: shard)) : error
            }
            for entry in file.entries {
                if let first = found.updateValue(shard, forKey: entry.name) {
                    throw CheckpointError(
                        indexName, .tensorInTwoShards(tensor: entry.name, first: first, second: shard))
                }
                if shardOfTensor[entry.name] == nil {
                    throw CheckpointError(shard, .tensorNotInIndex(tensor: entry.name))
                }
            }
            files.append(file)
        }
        for (tensor, shard) in shardOfTensor.sorted(by: { $0.key < $1.key }) where found[tensor] != shard {
            throw CheckpointError(indexName, .tensorNotInShard(tensor: tensor, shard: shard))
        }
        return files
    }
}
