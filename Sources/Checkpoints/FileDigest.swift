import COpenSSL

/// SHA-256 of files, read a megabyte at a time past the mapping, so that no page of it becomes resident.
enum FileDigest {
    static func sha256(of paths: [String], isCancelled: () -> Bool) throws(CheckpointError) -> String? {
        guard let context = EVP_MD_CTX_new() else { fatalError("out of memory for a digest") }
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
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
