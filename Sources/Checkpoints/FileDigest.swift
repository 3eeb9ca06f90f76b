import COpenSSL

/// Digests of files, read a megabyte at a time past the mapping, so that no page of it becomes resident.
public enum FileDigest {
    /// SHA-256 of a file, in hexadecimal digits.
    public static func sha256(of path: String) throws(CheckpointError) -> String {
        try digest(of: [path], EVP_sha256()) { false } ?? ""  // never cancelled
    }

    /// The name that git gives to a file's contents: SHA-1 of `blob`, the size and the bytes, in hexadecimal digits.
    public static func gitBlob(of path: String) throws(CheckpointError) -> String {
        let size = try FileDescriptor.opening(path).size
        return try digest(of: [path], EVP_sha1(), after: Array("blob \(size)\0".utf8)) { false } ?? ""  // as above
    }

    /// SHA-256 of files one after the other; `nil` once `isCancelled` says so.
    static func sha256(of paths: [String], isCancelled: () -> Bool) throws(CheckpointError) -> String? {
        try digest(of: paths, EVP_sha256(), isCancelled: isCancelled)
    }

    private static func digest(
        of paths: [String], _ algorithm: OpaquePointer?, after prefix: [UInt8] = [], isCancelled: () -> Bool
    ) throws(CheckpointError) -> String? {
        guard let context = EVP_MD_CTX_new() else { fatalError("out of memory for a digest") }
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, algorithm, nil)
        EVP_DigestUpdate(context, prefix, prefix.count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        for path in paths {
            let file = try FileDescriptor.opening(path)
            var offset = 0
            while true {
                if isCancelled() { return nil }
                let count = try file.read(at: offset, into: buffer)
                EVP_DigestUpdate(context, buffer.baseAddress, count)
                offset += count
                if count < buffer.count { break }
            }
        }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        return digest.prefix(Int(length)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
