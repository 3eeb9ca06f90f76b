import Foundation
import HTTPTypes
import HookedModels
import ServiceTesting
import Synchronization
import Tensors
import Testing
import TextNumbers
import Web

@testable import Service

@Suite struct CacheStoreTests {
    /// A time that goes on when it is told to.
    private final class Clock: Sendable {
        private let time = Mutex(Date(timeIntervalSince1970: 1_000_000))
        var now: Date { time.withLock { $0 } }
        func wait(_ seconds: Double) { time.withLock { $0 += seconds } }
    }

    private let clock = Clock()

    private func store(limit: Int = 1_000, remembered: Int = 8) -> CacheStore {
        CacheStore(limit: limit, lifetime: .seconds(60), remembered: remembered, now: { [clock] in clock.now })
    }

    private func cache(_ id: String, floats: Int = 100) -> StoredCache {
        let hook = StoredCache.Hook(
            name: "blocks.0.hook_resid_pre", axes: [.position, .feature],
            values: RowPieces([Tensor(repeating: 1, shape: [1, 1, floats])]))
        return StoredCache(
            id: id, model: "vit", generation: 1, tower: .vision, flags: HookFlags(), selection: .all, hooks: [hook],
            inputs: 1, created: clock.now, provenance: .null)
    }

    private func status(_ body: () throws -> Void) -> HTTPResponse.Status? {
        do {
            try body()
            return nil
        } catch { return (error as? Problem)?.status }
    }

    @Test func theLeastRecentlyUsedMakesRoom() throws {
        let store = store()
        for id in ["a", "b"] { _ = try store.add(cache(id)) }
        _ = try store.cache("a")
        _ = try store.add(cache("c"))
        #expect(store.figures.bytes == 800 && store.figures.count == 2 && store.figures.evicted == 1)
        #expect(Set(store.all.map(\.cache.id)) == ["a", "c"])
        #expect(status { _ = try store.cache("b") } == .gone)
        #expect(status { _ = try store.remove("b") } == .gone)
        #expect(status { _ = try store.cache("d") } == .notFound)
    }

    @Test func showingIsNoUse() throws {
        let store = store()
        for id in ["a", "b"] { _ = try store.add(cache(id)) }
        _ = try store.listed("a")
        _ = try store.add(cache("c"))
        #expect(status { _ = try store.cache("a") } == .gone)
    }

    @Test func oneThatFillsAllIsKeptAloneAndALargerOneNever() throws {
        let store = store()
        _ = try store.add(cache("a"))
        #expect(status { _ = try store.add(cache("large", floats: 251)) } == .contentTooLarge)
        #expect(store.all.map(\.cache.id) == ["a"])
        _ = try store.add(cache("whole", floats: 250))
        #expect(store.all.map(\.cache.id) == ["whole"])
        #expect(status { _ = try store.cache("large") } == .notFound)
    }

    @Test func useKeepsItAliveAndTimeEndsIt() throws {
        let store = store()
        let first = try store.add(cache("a"))
        #expect(first.expires == clock.now + 60)
        _ = try store.add(cache("b"))
        clock.wait(59)
        _ = try store.cache("a")
        clock.wait(1)
        #expect(store.all.map(\.cache.id) == ["a"])
        #expect(status { _ = try store.cache("b") } == .gone)
        #expect(try store.listed("a").expires == clock.now + 59)
        clock.wait(59)
        #expect(store.figures.bytes == 0 && store.figures.count == 0 && store.figures.evicted == 0)
    }

    @Test func deletedOnesAreUnknownAndManyGoneAreForgotten() throws {
        let store = store(limit: 400, remembered: 2)
        _ = try store.add(cache("a"))
        #expect(try store.remove("a").cache.id == "a")
        #expect(status { _ = try store.cache("a") } == .notFound)
        for id in ["b", "c", "d", "e"] { _ = try store.add(cache(id)) }
        #expect(status { _ = try store.cache("b") } == .notFound)
        for id in ["c", "d"] { #expect(status { _ = try store.cache(id) } == .gone) }
        #expect(try store.cache("e").byteCount == 400)
    }

    @Test func noMoreThanSoManyAreKept() throws {
        let store = CacheStore(limit: 1_000_000, lifetime: .seconds(60), count: 2, now: { [clock] in clock.now })
        for id in ["a", "b", "c"] { _ = try store.add(cache(id, floats: 1)) }
        #expect(store.all.map(\.cache.id) == ["b", "c"])
        #expect(status { _ = try store.cache("a") } == .gone)
    }

    /// Whoever has a cache may go on using it.
    @Test func aCacheOutlivesItsPlace() throws {
        let store = store(limit: 400)
        let held = try store.add(cache("a")).cache
        _ = try store.add(cache("b"))
        #expect(try held.tensor("resid_pre0").joined.elements == Array(repeating: 1, count: 100))
    }

    @Test func idsAreNamesAndDiffer() {
        let store = store()
        let ids = (0..<100).map { _ in store.ticket().id }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.count == 16 && $0.allSatisfy(\.isHexDigit) })
    }
}
