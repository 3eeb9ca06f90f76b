import Glibc
import Synchronization

/// Keeps freed blocks for the next tensor of the same size.
///
/// A forward pass asks for the same dozen sizes in each layer; handing back the block that was freed last means warm
/// caches and no page faults. Large blocks are mapped on their own, so that the system has them back at once when they are
/// not kept, and lie on the borders of huge pages: a full capture of a batch writes a gigabyte of new memory, and with
/// small pages its faults alone would cost a tenth of the forward pass.
/// ```
/// mapped      ┌────┬──────────────────────────────┬─────┐
/// block            │ 2 MiB │ 2 MiB │ rest, 4 KiB  │        the ends are given back at once
/// ```
/// What is kept shrinks by itself: beyond a floor that every pass needs, blocks that have been idle for some passes go back
/// to the system, and ``Memory/release()`` gives back all of them when nothing has been computed for a while.
final class Arena: Sendable {
    static let shared = Arena(capacity: 2 << 30, floor: 96 << 20)

    /// An idle block: its address, and the pass after which it became idle.
    private struct Block {
        let address: UInt
        let idleSince: Int
    }

    private struct State: ~Copyable {
        /// By size, the longest idle first.
        var blocks: [Int: [Block]] = [:]
        var kept = 0
        var pass = 0
    }

    /// Bytes that may lie idle; beyond it a freed block goes back to the system.
    private let capacity: Int
    /// Bytes that may lie idle however long.
    private let floor: Int
    private let state = Mutex(State())

    /// After so many passes without use a block is not waited for any longer.
    private static let patience = 8

    init(capacity: Int, floor: Int = 0) {
        self.capacity = capacity
        self.floor = floor
    }

    /// Bytes that lie idle now.
    var idleBytes: Int { state.withLock { $0.kept } }

    /// A block of at least `count` elements, contents undefined.
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let bytes = Arena.blockSize(count)
        let kept = state.withLock { state -> UInt? in
            guard let block = state.blocks[bytes]?.popLast() else { return nil }
            state.kept -= bytes
            return block.address
        }
        let block = kept.flatMap { UnsafeMutableRawPointer(bitPattern: $0) } ?? Arena.allocate(bytes)
        return block.bindMemory(to: Float.self, capacity: bytes / 4)
    }

    func giveBack(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
        let bytes = Arena.blockSize(count)
        let address = UInt(bitPattern: pointer)
        let isKept = state.withLock { state -> Bool in
            guard state.kept + bytes <= capacity else { return false }
            state.kept += bytes
            state.blocks[bytes, default: []].append(Block(address: address, idleSince: state.pass))
            return true
        }
        if !isKept { Arena.free(pointer, bytes) }
    }

    /// Counts a pass, and gives back what no pass has wanted lately.
    func passEnded() {
        trim { state in
            state.pass += 1
            return state.kept > floor ? state.pass - Arena.patience : nil
        }
    }

    /// Gives every idle block back to the system.
    func trim() { trim { _ in .max } }

    /// - Parameter limit: the pass up to which blocks became idle that are given back; `nil` for none.
    private func trim(upTo limit: (inout State) -> Int?) {
        let freed = state.withLock { state -> [(bytes: Int, address: UInt)] in
            guard let limit = limit(&state) else { return [] }
            var freed: [(bytes: Int, address: UInt)] = []
            for (bytes, blocks) in state.blocks {
                let old = blocks.prefix { $0.idleSince <= limit }
                guard !old.isEmpty else { continue }
                freed += old.map { (bytes, $0.address) }
                state.blocks[bytes] = Array(blocks.dropFirst(old.count))
                state.kept -= bytes * old.count
            }
            return freed
        }
        for (bytes, address) in freed {
            if let block = UnsafeMutableRawPointer(bitPattern: address) { Arena.free(block, bytes) }
        }
    }

    // MARK: The system's memory

    private static let page = 4_096
    private static let hugePage = 2 << 20

    /// Small blocks in steps of a cache line, large ones in steps of a page.
    private static func blockSize(_ count: Int) -> Int {
        let bytes = max(count, 1) * 4
        let step = bytes >= hugePage ? page : 64
        return (bytes + step - 1) / step * step
    }

    private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard bytes >= hugePage else {
            guard let block = aligned_alloc(64, bytes) else { fatalError("out of memory: \(bytes) bytes") }
            return block
        }
        let length = bytes + hugePage
        let mapped = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { fatalError("out of memory: \(bytes) bytes") }
        let before = (hugePage - Int(bitPattern: mapped) % hugePage) % hugePage
        let block = mapped + before
        if before > 0 { munmap(mapped, before) }
        munmap(block + bytes, length - before - bytes)
        madvise(block, bytes, MADV_HUGEPAGE)
        return block
    }

    private static func free(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
        if bytes >= hugePage { munmap(block, bytes) } else { Glibc.free(block) }
    }
}
