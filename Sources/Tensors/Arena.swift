import Glibc
import Synchronization

/// Keeps freed blocks for the next tensor of the same size.
///
/// A forward pass asks for the same dozen sizes in each layer; handing back the block that was freed last means warm
/// caches and no page faults. Blocks from two megabytes on ask the kernel for huge pages: a full capture of a batch
/// writes a gigabyte of new memory, and its page faults alone would cost a tenth of the forward pass.
final class Arena: Sendable {
    static let shared = Arena(capacity: 512 << 20)

    private struct State: ~Copyable {
        var blocks: [Int: [UnsafeMutableRawPointer]] = [:]
        var kept = 0
    }

    /// Bytes that may lie idle; beyond it a freed block goes back to the system.
    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    /// A block of at least `count` elements, contents undefined.
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = Arena.blockSize(count)
        let kept = state.withLock { state -> UInt in
            guard let block = state.blocks[bytes]?.popLast() else { return 0 }
            state.kept -= bytes
            return UInt(bitPattern: block)
        }
        if let block = UnsafeMutableRawPointer(bitPattern: kept) {
            return block.assumingMemoryBound(to: Float.self)
        }
        let alignment = bytes >= Arena.hugePage ? Arena.hugePage : 64
        guard let block = aligned_alloc(alignment, bytes) else { fatalError("out of memory: \(bytes) bytes") }
        if bytes >= Arena.hugePage { madvise(block, bytes, MADV_HUGEPAGE) }
        return block.bindMemory(to: Float.self, capacity: bytes / 4)
    }

    func giveBack(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
        let bytes = Arena.blockSize(count)
        let address = UInt(bitPattern: pointer)
        let isKept = state.withLock { state -> Bool in
            guard state.kept + bytes <= capacity, let block = UnsafeMutableRawPointer(bitPattern: address) else {
                return false
            }
            state.kept += bytes
            state.blocks[bytes, default: []].append(block)
            return true
        }
        if !isKept { free(pointer) }
    }

    /// Gives every idle block back to the system.
    func trim() {
        let blocks = state.withLock { state -> [UInt] in
            let all = state.blocks.values.flatMap { $0.map { UInt(bitPattern: $0) } }
            state.blocks = [:]
            state.kept = 0
            return all
        }
        for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block)) }
    }

    private static let hugePage = 2 << 20

    /// Small blocks in steps of 64 bytes, large ones in steps of a huge page.
    private static func blockSize(_ count: Int) -> Int {
        let bytes = max(count, 1) * 4
        let step = bytes >= hugePage ? hugePage : 64
        return (bytes + step - 1) / step * step
    }
}
