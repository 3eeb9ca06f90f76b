internal import HookedModels
internal import Interpretability
internal import Tensors
internal import TextNumbers
internal import Web

/// Attribution patching and gradient × activation.
enum GradientReading {
    static func answer(_ call: AttributionCall) async throws -> TensorAnswer {
        let model = call.loaded.model
        let attribution: GradientAttribution
        do throws(StreamError) {
            attribution = try GradientAttribution(of: model, by: call.wish.axis, site: call.wish.gradient.site)
        } catch {
            throw problem(error)
        }
        let run = try await GradientPair(
            call, activations: attribution.hooks, gradients: attribution.hooks, flags: attribution.flags)
        if call.options.isDryRun { return try run.dryRun([("scores", attribution.shape)]) }
        return try await run.answer(labels: attribution.labels) { pair, _ in
            do throws(StreamError) {
                let scores = try attribution.scores(pair.differences, pair.gradients)
                return Tensor(shape: [1] + attribution.shape, elements: scores.map { Float($0) })
            } catch {
                throw problem(error)
            }
        }
    }

    static func problem(_ error: StreamError) -> any Error {
        error.problem([.axis: "by", .hook: "site"]) { "the model has no hook '\($0)', which this needs" }
    }
}

/// Attribution patching and gradient × activation of edges.
enum EdgeReading {
    static func answer(_ call: AttributionCall) async throws -> TensorAnswer {
        guard call.wish.gradient.site == nil else {
            throw FieldError(.pointer(JSONPointer()["site"]), "an edge is no part of one hook: leave it out")
        }
        let edges: EdgeAttribution
        do throws(StreamError) {
            edges = try EdgeAttribution(of: call.loaded.model)
        } catch {
            throw GradientReading.problem(error)
        }
        let run = try await GradientPair(
            call, activations: edges.activations, gradients: edges.gradients, flags: EdgeAttribution.flags)
        let shape = [edges.senders.count, edges.receivers.count]
        if call.options.isDryRun { return try run.dryRun([("scores", shape)]) }
        let labels = edges.senders.flatMap { sender in edges.receivers.map { "\(sender) → \($0)" } }
        var answer = try await run.answer(labels: labels, listsLabels: false) { pair, crew in
            do throws(StreamError) {
                return try edges.scores(pair.differences, pair.gradients, on: crew).unsqueezed()
            } catch {
                throw GradientReading.problem(error)
            }
        }
        answer.members.append(JSONMember("senders", .strings(edges.senders)))
        answer.members.append(JSONMember("receivers", .strings(edges.receivers)))
        return answer
    }
}
