import ServiceTesting
import Testing
import TextNumbers
import Web

/// Interventions that make no sense are refused with the place of what is wrong, and nothing is run.
@Suite struct InterventionRefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let intervention: JSONValue
        let place: String
        let word: String
        var testDescription: String { "\(place): \(word)" }
    }

    private static let stream: JSONValue = "blocks.1.hook_resid_pre"

    static let refusals = [
        Refusal(intervention: ["hook": "blocks.9.attn.hook_z", "op": "zero"], place: "/hook", word: "did you mean"),
        Refusal(intervention: ["hook": "nothing.*", "op": "zero"], place: "/hook", word: "matches no hook"),
        Refusal(
            intervention: ["hook": "blocks.0.attn.hook_result", "op": "zero"], place: "/hook", word: "use_attn_result"),
        Refusal(intervention: ["hook": stream, "op": "double"], place: "/op", word: "expected one of"),
        Refusal(intervention: ["hook": stream, "op": "zero", "value": 1], place: "/value", word: "takes none"),
        Refusal(intervention: ["hook": stream, "op": "set"], place: "/value", word: "needs a value"),
        Refusal(intervention: ["hook": stream, "op": "set", "value": [1, 2]], place: "/value", word: "[17, 24]"),
        Refusal(
            intervention: ["hook": stream, "op": "copy", "value": ["from_input": 1]], place: "/value/from_input",
            word: "the request has 1"),
        Refusal(
            intervention: ["hook": stream, "op": "zero", "where": ["inputs": [1]]], place: "/where/inputs",
            word: "the request has 1"),
        Refusal(
            intervention: ["hook": stream, "op": "zero", "where": ["positions": [17]]], place: "/where/positions",
            word: "17 is outside"),
        Refusal(
            intervention: ["hook": stream, "op": "zero", "where": ["positions": [0, 0]]], place: "/where/positions",
            word: "twice"),
        Refusal(
            intervention: ["hook": stream, "op": "zero", "where": ["heads": [0]]], place: "/where/heads",
            word: "such an axis"),
        Refusal(
            intervention: ["hook": stream, "op": "project_out"], place: "/direction", word: "expected the direction"),
        Refusal(
            intervention: ["hook": stream, "op": "project_out", "direction": [1, 2]], place: "/direction", word: "[24]"),
        Refusal(
            intervention: ["hook": stream, "op": "add", "value": 1, "over": "inputs"], place: "/over", word: "means"),
        Refusal(
            intervention: ["hook": stream, "op": "scale", "value": 1e39], place: "/value", word: "expected a number"),
    ]

    @Test(arguments: refusals) func whatMakesNoSenseIsRefused(_ refusal: Refusal) async throws {
        let answer = try await TestService.standard().post(
            "/v1/models/vit/run", Requests.document(["interventions": [refusal.intervention]]))
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.fieldErrors.first?.place == "/interventions/0" + refusal.place, "\(answer.text)")
        #expect(answer.fieldErrors.first?.detail.contains(refusal.word) == true, "\(answer.text)")
    }
}
