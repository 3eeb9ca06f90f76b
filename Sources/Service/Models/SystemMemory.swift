internal import Foundation

/// What the machine, or the container that the process lives in, has.
enum SystemMemory {
    /// Bytes that the process may use at most.
    static var bytes: Int {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        return min(physical, containerLimit ?? physical)
    }

    /// Of control groups: version 2, then version 1. "max" is no number, hence no limit.
    private static var containerLimit: Int? {
        ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].lazy.compactMap { path in
            (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { text in
                Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }.first { $0 > 0 }
    }
}
