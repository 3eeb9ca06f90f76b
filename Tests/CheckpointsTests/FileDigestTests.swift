import Checkpoints
import Testing

/// Against `sha256sum` and `git hash-object`.
@Suite struct FileDigestTests {
    @Test func filesHaveTheDigestsThatOtherProgramsGive() throws {
        let folder = try TemporaryFolder()
        let hello = try folder.write("hello", Array("hello\n".utf8))
        #expect(
            try FileDigest.sha256(of: hello) == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
        #expect(try FileDigest.gitBlob(of: hello) == "ce013625030ba8dba906f756967f9e9ca394464a")
        let empty = try folder.write("empty", [UInt8]())
        #expect(try FileDigest.gitBlob(of: empty) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
        #expect(throws: CheckpointError.self) { try FileDigest.gitBlob(of: folder.path + "/none") }
    }
}
