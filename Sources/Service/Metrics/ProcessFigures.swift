internal import Foundation

/// What the system tells of this process, by `/proc`.
struct ProcessFigures {
    var residentBytes: Int?
    var virtualBytes: Int?
    var openFiles: Int?
    var maximumFiles: Int?
    var processorSeconds: Double?
    /// Since 1970.
    var startSeconds: Double?

    /// As of now.
    static var current: ProcessFigures {
        var figures = ProcessFigures()
        let pages = Self.text("/proc/self/statm").split(separator: " ").compactMap { Int($0) }
        if pages.count > 1 {
            let page = Int(sysconf(Int32(_SC_PAGESIZE)))
            (figures.virtualBytes, figures.residentBytes) = (pages[0] * page, pages[1] * page)
        }
        // The listing itself holds one of them.
        figures.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { $0.count - 1 }
        let limits = Self.text("/proc/self/limits").split(separator: "\n")
        figures.maximumFiles = limits.first { $0.hasPrefix("Max open files") }
            .flatMap { Int($0.dropFirst("Max open files".count).split(separator: " ").first ?? "") }
        // What follows the program's name, which may itself hold spaces and brackets: field 3 is the first.
        let fields = Self.text("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard fields.count > 19, ticks > 0 else { return figures }
        if let user = Double(fields[11]), let system = Double(fields[12]) {
            figures.processorSeconds = (user + system) / ticks
        }
        let boot = Self.text("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        if let started = Double(fields[19]), let boot = boot.flatMap({ Double($0.dropFirst(6)) }) {
            figures.startSeconds = boot + started / ticks
        }
        return figures
    }

    func write(to text: inout MetricsText) {
        let gauges: [(String, String, Double?)] = [
            ("process_resident_memory_bytes", "Resident memory.", residentBytes.map { Double($0) }),
            ("process_virtual_memory_bytes", "Virtual memory.", virtualBytes.map { Double($0) }),
            ("process_open_fds", "Open file descriptors.", openFiles.map { Double($0) }),
            ("process_max_fds", "Most file descriptors that may be open.", maximumFiles.map { Double($0) }),
            ("process_start_time_seconds", "When the process started, in seconds since 1970.", startSeconds),
        ]
        for case (let name, let help, let value?) in gauges { text.single(name, .gauge, help, value) }
        if let processorSeconds {
            text.single(
                "process_cpu_seconds_total", .counter, "Processor time used, by user and system.", processorSeconds)
        }
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
