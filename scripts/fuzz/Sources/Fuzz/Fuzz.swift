import Foundation

// libFuzzer drives: PRISMA_FUZZ names the target, PRISMA_ROOT the package's folder.

private let environment = ProcessInfo.processInfo.environment
private let target = environment["PRISMA_FUZZ"] ?? "safetensors"
private let targets = try? FuzzTargets(root: URL(filePath: environment["PRISMA_ROOT"] ?? "."))

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func drive(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ take: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main
struct Fuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(
            drive(&count, &arguments) { bytes, count in
                targets?.take(Array(UnsafeBufferPointer(start: bytes, count: count)), by: target)
                return 0
            })
    }
}
