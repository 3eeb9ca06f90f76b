import HTTP
import HTTPTypes
import Logging
import Testing
import TextNumbers
import Web

/// An application with one endpoint of each kind.
enum SampleApplication {
    static let bodyLimit = 4_096

    static func make(
        files: StaticFiles? = nil, guards: [HTTPApplication.Guard] = [], log: Logger = silent,
        observe: @escaping @Sendable (RequestRecord) -> Void = { _ in }
    ) -> HTTPApplication {
        var limits = WebLimits()
        limits.body = bodyLimit
        return HTTPApplication(
            endpoints, info: .init(title: "Sample", version: "1.2.3", summary: "For tests."), files: files,
            limits: limits, guards: guards, log: log, observe: observe)
    }

    static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }

    struct Predict: Sendable {
        var inputs: [Int]
        var topK: Int
        var part: String?
    }

    struct Unforeseen: Error { let secret = "/home/secret" }

    static let predictForm = Form.object(
        "Predict", "What to predict.", fields: Field("inputs", .list(of: .integer), default: [], "Numbers."),
        Field("top_k", .integer(1...1000), default: 5, "How many."), Field(optional: "part", .string, "A part's name."),
        make: Predict.init)

    static let endpoints: [Endpoint] = [
        Endpoint(
            .post, "/v1/models/{model}/predict", "Predict", details: "More words.", tag: "Models",
            body: RequestForm(
                predictForm, media: [.json, .multipart(files: "image"), .raw(MediaType("image", "png"))],
                example: ["inputs": [1, 2]]),
            responds: .json("The sum.", .object("Prediction", "A sum.", properties: [.init("sum", .integer)])),
            errors: [.notFound: "No such model.", .unprocessableContent: "No picture."]
        ) { call in
            var images = call.payload.parts(named: "image").map { "\($0.filename ?? "") \($0.bytes.count)" }
            if let name = call.body.part {
                let part = try call.payload.part(named: name, referredFrom: JSONPointer(["part"]))
                images.append("\(part.name) \(part.bytes.count)")
            }
            return [
                "model": .string(call.path["model"]), "sum": .integer(Int64(call.body.inputs.reduce(0, +))),
                "top_k": .integer(Int64(call.body.topK)), "images": .list(images.map { .string($0) }),
                "raw": call.payload.content.map { .string("\($0.mediaType.essence) \($0.bytes.count)") } ?? nil,
            ]
        },
        Endpoint(
            .get, "/v1/things", "List things", tag: "Things",
            query: Form.object(
                fields: Field("limit", .integer(1...100), default: 20, "How many."),
                Field(optional: "names", .list(of: .string), "Which."), make: { limit, _ in limit }),
            responds: ResponseForm(
                "Things.",
                [
                    JSONBody(.list(.string)) { .list([.string($0)]) }, TextBody(),
                ])
        ) { call in String(repeating: "thing ", count: call.query) },
        Endpoint(.post, "/v1/jobs", "Start a job", tag: "Jobs", responds: .json("A job.", .any)) { call in
            call.context.setResponseStatus(.accepted)
            call.context.setResponseField(.location, "/v1/jobs/1")
            return [:]
        },
        Endpoint(.get, "/v1/fails/{how}", "Fail", tag: "Things", responds: .json("Nothing.", .any)) { call in
            switch call.path["how"] {
            case "unforeseen": throw Unforeseen()
            case "cancelled": throw CancellationError()
            case "busy": throw Problem(.tooManyRequests, "Full.", headerFields: [.retryAfter: "3"])
            case "timed":
                call.context.timings.add(.milliseconds(12), to: .compute)
                return [:]
            default: throw FieldError(.pointer(JSONPointer(["x"])), "bad")
            }
        },
        Endpoint(
            .get, "/v1/large", "Much text", tag: "Things",
            query: Form.object(fields: Field("size", .integer(0...1_000_000), default: 0, "Bytes."), make: { $0 }),
            responds: ResponseForm("Text.", [TextBody()])
        ) { String(repeating: "a", count: $0.query) },
        Endpoint(
            .get, "/v1/stream", "Streamed lines", tag: "Things",
            responds: ResponseForm("Lines.", [Lines()])
        ) { _ in 1_000 },
        Endpoint(.get, "/v1/tagged", "Immutable", tag: "Things", responds: .json("Something.", .any)) { call in
            call.context.setResponseField(.eTag, "\"v1\"")
            return ["a": 1]
        },
    ]

    private struct Lines: BodyEncoder {
        var mediaType: MediaType { MediaType("application", "x-ndjson") }
        func encode(_ count: Int, _ context: RequestContext) -> ResponseBody {
            .stream(contentLength: nil) { writer in
                for line in 0..<count { try await writer.write(Array("{\"line\":\(line)}\n".utf8)) }
            }
        }
    }

    struct RefusedBody: Sendable, CustomTestStringConvertible {
        let target: String
        let fields: HTTPFields
        let body: String
        let status: Int
        let detail: String
        var testDescription: String { "\(body) \(fields)" }

        init(
            _ body: String, _ status: Int, _ detail: String, fields: HTTPFields = [.contentType: "application/json"],
            query: String = ""
        ) {
            target = "/v1/models/vit/predict" + query
            self.fields = fields
            self.body = body
            self.status = status
            self.detail = detail
        }
    }

    private static let types = "expected application/json, multipart/form-data or image/png."
    private static let multipart: HTTPFields = [.contentType: "multipart/form-data; boundary=XX"]

    private static func part(_ name: String, _ content: String) -> String {
        "--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(content)\r\n"
    }

    static let refusedBodies: [RefusedBody] = [
        .init("{\"inputs\":[1,}", 400, "The JSON is broken at byte 13: expected a value."),
        .init("", 400, "The JSON is broken at byte 0: the text ends where a value was expected."),
        .init("[1]", 400, "the document: expected an object with inputs, top_k and part, found a list of 1 number"),
        .init("{\"input\":[1]}", 400, "/input: unknown field \"input\"; did you mean \"inputs\"?"),
        .init("{\"inputs\":[1.5]}", 400, "/inputs/0: expected an integer, found 1.5"),
        .init("{\"top_k\":0}", 400, "/top_k: expected an integer from 1 to 1000, found 0"),
        .init("{}", 415, "The request has a body without Content-Type: \(types)", fields: [:]),
        .init("", 415, "The request has a body without Content-Type: \(types)", fields: [:]),
        .init("{}", 415, "\"text/plain\" is not taken here: \(types)", fields: [.contentType: "text/plain"]),
        .init("{}", 415, "Content-Type \"json\" is not a media type: \(types)", fields: [.contentType: "json"]),
        .init(
            "{}", 415, "Content-Encoding \"br\" is not taken here: expected gzip or none.",
            fields: [.contentType: "application/json", .contentEncoding: "br"]),
        .init("{}", 400, "the parameter \"limit\": unknown parameter \"limit\"; none is known here", query: "?limit=3"),
        .init(
            "{}", 400, "the parameter \"request\": the body is JSON already; leave the parameter out",
            query: "?request=%7B%7D"),
        .init(
            "x", 400, "the parameter \"request\": the JSON is broken at byte 1: expected a key in double quotes",
            fields: [.contentType: "image/png"], query: "?request=%7B"),
        .init(
            "{}", 400, "The query \"a=%\" is not well-formed: expected name=value, percent-encoded UTF-8.",
            query: "?a=%"),
        .init(
            part("request", "{") + "--XX--", 400,
            "The JSON of the part \"request\" is broken at byte 1: expected a key in double quotes.", fields: multipart),
        .init(
            part("request", "{}") + part("request", "{}") + "--XX--", 400,
            "The document \"request\" was sent more than once.",
            fields: multipart),
        .init(
            part("request", "{}") + "--XX--", 400, "The document \"request\" was sent more than once.",
            fields: multipart,
            query: "?request=%7B%7D"),
        .init(
            "{}", 400, "Prisma-Deadline-Ms is \"soon\"; expected milliseconds, from 1 to 3600000.",
            fields: [.contentType: "application/json", HTTPField.Name("Prisma-Deadline-Ms") ?? .accept: "soon"]),
    ]
}
