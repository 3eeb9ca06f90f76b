import Foundation
import HTTPTypes
import HookedModels
import ServiceTesting
import Testing
import TextNumbers
import Web

@testable import Service

@Suite struct MetricsTests {
    /// Samples by name and labels, as they are written.
    private func samples(_ text: String) -> [String: Double] {
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            samples[parts.dropLast().joined(separator: " ")] = parts.last.flatMap { Double($0) }
        }
        return samples
    }

    @Test func itIsPrometheusText() async throws {
        let service = try await TestService(["vit": TinyModel()])
        let answer = try await service.get("/metrics")
        #expect(answer.status == 200)
        #expect(answer.head.headerFields[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.hasSuffix("\n"))
        // As Prometheus itself asks.
        let scrape = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
        #expect(try await service.get("/metrics", fields: [.accept: scrape]).status == 200)
        var families: Set<Substring> = []
        for line in answer.text.split(separator: "\n") where line.hasPrefix("# TYPE") {
            #expect(families.insert(line.split(separator: " ")[2]).inserted, "\(line)")
        }
        for line in answer.text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let endings = ["", "_bucket", "_sum", "_count"]
            #expect(endings.contains { name.hasSuffix($0) && families.contains(name.dropLast($0.count)) }, "\(line)")
        }
    }

    @Test func requestsAreCountedByRouteAndNeverByPath() async throws {
        let service = try await TestService(["vit": TinyModel(), "other": TinyModel(seed: 2)])
        for model in ["vit", "other", "vit"] {
            _ = try await service.post("/v1/models/\(model)/predict", Requests.document())
        }
        for number in 0..<50 { _ = try await service.get("/nothing/\(number)") }
        _ = try await service.get("/v1/models/nobody/hooks")
        let brew = try #require(HTTPRequest.Method("BREW"))
        _ = try await service.application.ask(brew, "/healthz")
        let text = try await service.get("/metrics").text
        let found = samples(text)
        let name = "prisma_http_requests_total"
        #expect(
            found["\(name){route=\"/v1/models/{model}/predict\",method=\"POST\",status=\"200\"}"] == 3)
        #expect(found["\(name){route=\"other\",method=\"GET\",status=\"404\"}"] == 50)
        #expect(found["\(name){route=\"/v1/models/{model}/hooks\",method=\"GET\",status=\"404\"}"] == 1)
        #expect(found["\(name){route=\"other\",method=\"other\",status=\"405\"}"] == 1)
        #expect(!text.contains("nobody") && !text.contains("nothing"))
        let durations = "prisma_http_request_duration_seconds"
        let route = "route=\"/v1/models/{model}/predict\""
        #expect(found["\(durations)_count{\(route)}"] == 3)
        #expect(found["\(durations)_bucket{\(route),le=\"+Inf\"}"] == 3)
        #expect((found["\(durations)_sum{\(route)}"] ?? 0) > 0)
        let buckets = RequestMetrics.bounds.map { found["\(durations)_bucket{\(route),le=\"\(le($0))\"}"] ?? -1 }
        #expect(buckets == buckets.sorted() && buckets.allSatisfy { (0...3).contains($0) })
    }

    @Test func theQueueTheModelsAndTheProcessAreTold() async throws {
        let service = try await TestService(["vit": TinyModel(), "other": TinyModel(seed: 2)], broken: ["broken"])
        for _ in 0..<3 { _ = try await service.post("/v1/models/vit/predict", Requests.document()) }
        _ = try await service.application.ask(.post, "/v1/models/other/unload")
        service.service.countConnections { ConnectionFigures(open: 3, accepted: 11, refused: 2) }
        let found = samples(try await service.get("/metrics").text)
        #expect(found["prisma_queue_depth"] == 0 && found["prisma_queue_running"] == 0)
        #expect(found["prisma_work_submitted_total"] == 3 && found["prisma_work_completed_total"] == 3)
        #expect(found["prisma_batch_rows_count"] == 3 && found["prisma_batch_rows_sum"] == 3)
        #expect(found["prisma_batch_rows_bucket{le=\"1\"}"] == 3)
        #expect((found["prisma_compute_seconds_total"] ?? 0) > 0)
        #expect(found["prisma_models{state=\"loaded\"}"] == 1)
        #expect(found["prisma_models{state=\"unloaded\"}"] == 1)
        #expect(found["prisma_models{state=\"failed\"}"] == 1)
        #expect(found["prisma_models{state=\"loading\"}"] == 0)
        let bytes = Double(try TinyModel().load().weightBytes)
        #expect(found["prisma_model_bytes{model=\"vit\"}"] == bytes)
        #expect(found["prisma_model_bytes{model=\"other\"}"] == nil)
        #expect(found["prisma_connections_open"] == 3 && found["prisma_connections_accepted_total"] == 11)
        #expect((found["process_resident_memory_bytes"] ?? 0) > 1_048_576)
        #expect((found["process_open_fds"] ?? 0) >= 3)
        let start = try #require(found["process_start_time_seconds"])
        #expect(abs(start - Date().timeIntervalSince1970) < 24 * 3_600)
        #expect((found["process_cpu_seconds_total"] ?? 0) > 0)
    }

    @Test func refusedWorkIsCounted() async throws {
        let service = try await TestService(["vit": TinyModel()])
        await service.service.drain()
        #expect(try await service.post("/v1/models/vit/predict", Requests.document()).status == 503)
        #expect(samples(try await service.get("/metrics").text)["prisma_work_refused_total"] == 1)
    }

    @Test func labelsAndHelpAreEscaped() {
        var text = MetricsText()
        text.family("a", .gauge, "one \"two\" \\ three\nfour")
        text.sample("a", ["b": "x\"y\\z\nw"], 1)
        #expect(
            text.text
                == "# HELP a one \"two\" \\\\ three\\nfour\n# TYPE a gauge\n" + "a{b=\"x\\\"y\\\\z\\nw\"} 1\n")
    }

    @Test(arguments: [
        (0.5, "0.5"), (3, "3"), (1e20, "1e+20"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (-2, "-2"),
    ])
    func numbersAreWrittenAsPrometheusReadsThem(_ value: Double, _ written: String) {
        var text = MetricsText()
        text.sample("a", [:], value)
        #expect(text.text == "a \(written)\n")
    }

    private func le(_ bound: Double) -> String { bound == bound.rounded() ? "\(Int(bound))" : "\(bound)" }
}
