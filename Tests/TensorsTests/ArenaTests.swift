import Testing

@testable import Tensors

@Suite struct ArenaTests {
    /// Around the sizes at which blocks are rounded, and at which they are mapped.
    @Test(arguments: [0, 1, 15, 16, 17, 1_000, 524_287, 524_288, 524_289, 3_000_000])
    func blocksAreAlignedAndCanBeWrittenToTheirEnd(count: Int) {
        let arena = Arena(capacity: 1 << 20)
        for _ in 0..<3 {
            let block = arena.take(count)
            #expect(Int(bitPattern: block) % 64 == 0)
            for index in 0..<count { block[index] = 1 }
            arena.giveBack(block, count: count)
        }
        arena.trim()
    }

    @Test func theBlockThatWasFreedLastComesFirst() {
        let arena = Arena(capacity: 1 << 20)
        let (a, b) = (arena.take(100), arena.take(100))
        #expect(a != b)
        arena.giveBack(a, count: 100)
        arena.giveBack(b, count: 100)
        #expect(arena.take(100) == b)
        #expect(arena.take(100) == a)
        arena.giveBack(a, count: 100)
        arena.giveBack(b, count: 100)
        arena.trim()
    }

    @Test func whatNoPassWantsIsGivenBack() {
        let arena = Arena(capacity: 1 << 20, floor: 1_000)
        let (wanted, unwanted) = (arena.take(100), arena.take(5_000))
        arena.giveBack(unwanted, count: 5_000)
        arena.giveBack(wanted, count: 100)
        #expect(arena.idleBytes == 20_032 + 448)
        for _ in 0..<20 {
            arena.giveBack(arena.take(100), count: 100)
            arena.passEnded()
        }
        #expect(arena.idleBytes == 448, "the floor keeps what is small, whatever its age")
        arena.trim()
        #expect(arena.idleBytes == 0)
    }

    @Test func tensorsThatLiveAtOnceShareNothing() {
        var tensors = (0..<40).map { Tensor(repeating: Float($0), shape: [1 + $0 * 31]) }
        tensors.removeAll { Int($0[0]) % 3 == 0 }
        let more = (100..<140).map { Tensor(repeating: Float($0), shape: [1 + ($0 - 100) * 31]) }
        for tensor in tensors + more { #expect(Set(tensor.elements).count == 1) }
    }
}
