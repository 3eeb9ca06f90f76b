import COpenSSL

/// SHA-256 of bytes in memory.
public enum Digest {
    /// `sha256:` and 64 hexadecimal digits.
    public static func sha256(of bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let isDone = EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil)
        precondition(isDone == 1, "OpenSSL has SHA-256")
        return "sha256:" + digest.prefix(Int(length)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
