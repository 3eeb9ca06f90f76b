import Foundation
import ServiceTesting

/// HTTPS in front of a server on this machine, with a certificate made for it: Python takes TLS off and hands the bytes on.
final class TLSFront {
    /// Where it listens.
    let endpoint: String
    /// The certificate, which is its own authority.
    let certificate: URL
    private let process: Process
    private let folder: TemporaryFolder

    /// Whether there is what it is made of.
    static var isPossible: Bool {
        ["openssl", "python3"].allSatisfy { runs([$0, $0 == "openssl" ? "version" : "--version"]) }
    }

    /// Whether a program of this machine, or another for it, can be given another list of authorities.
    static var canChangeAuthorities: Bool { runs(["unshare", "-rm", "true"]) }

    /// The system's authorities, as libcurl reads them.
    static let authorities = "/etc/ssl/certs/ca-certificates.crt"

    private static let program = """
        import socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        def pass_on(source, target):
            try:
                while piece := source.recv(65536):
                    target.sendall(piece)
            except OSError:
                pass
            for each in (source, target):
                each.close()
        def serve(plain):
            try:
                client = context.wrap_socket(plain, server_side=True)
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
            threading.Thread(target=pass_on, args=(server, client), daemon=True).start()
            pass_on(client, server)
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """

    /// - Parameter port: of the server behind it, on 127.0.0.1.
    init(port: Int) throws {
        folder = try TemporaryFolder()
        certificate = folder.url.appending(path: "certificate.pem")
        let key = folder.url.appending(path: "key.pem").path
        let made = Self.runs([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate.path,
        ])
        guard made else { throw RawSocket.Failure(description: "openssl made no certificate") }
        process = Self.process(["python3", "-c", Self.program, certificate.path, key, String(port)])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let own = Int(line.trimmingCharacters(in: .newlines)) else {
            throw RawSocket.Failure(description: "the front does not listen: \(line)")
        }
        endpoint = "https://127.0.0.1:\(own)"
    }

    deinit { process.terminate() }

    private static func process(_ words: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    private static func runs(_ words: [String]) -> Bool {
        let process = process(words)
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
