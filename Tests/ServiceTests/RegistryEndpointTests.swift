import HookedModels
import ServiceTesting
import Testing
import TextNumbers
import Web

@Suite struct RegistryEndpointTests {
    @Test func allNamesComeInPages() async throws {
        let service = try await TestService.standard()
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await service.get("/v1/registry?limit=33" + (cursor.map { "&cursor=\($0)" } ?? "")).json
            items += page["items"]?.array ?? []
            cursor = page["next_cursor"]?.string
        } while cursor != nil
        #expect(items.compactMap { $0["name"]?.string } == RegisteredModels.all.map(\.name))
        #expect(items.allSatisfy { $0["family"]?.string != nil && $0["status"]?.string != nil })
        #expect(items[0]["patch"] == 16 && items[0]["classes"] == 1_000 && items[0]["reason"]?.isNull == true)
        #expect(items.last?["patch"]?.isNull == true)
        #expect(try await service.get("/v1/registry?cursor=1000").status == 400)
    }
}
