internal import HookedModels
internal import Interpretability
internal import TextNumbers
internal import Web

/// `path`, as a request writes it: which heads speak, who hears them, and what passes it on.
struct PathWish: Sendable {
    let sender: Sender
    /// `nil` for the output.
    let receivers: [Receiver]?
    let through: PatchPath.Through

    /// Heads, each of which is patched by itself.
    struct Sender: Sendable {
        let layer: Int?
        let head: Int?
        let layers: [Int]?
        let heads: [Int]?
    }

    /// What one layer's hook hears.
    struct Receiver: Sendable {
        let site: SweepSite
        let layer: Int
        let heads: [Int]?
    }

    static func field() -> Field<PathWish?> {
        Field(
            optional: "path", form,
            "Path patching, in place of a sweep: what heads say to receivers alone. The axes of the result are layer and "
                + "head, the sender's.")
    }

    /// - Returns: the senders, cell by cell, and the path from each of them.
    /// - Throws: 400 for what the model does not have.
    func resolve(
        for architecture: Architecture, at place: JSONPointer = JSONPointer()["path"]
    ) throws(FieldError) -> (Sweep, PatchPath) {
        let senders = try sender.resolve(for: architecture, at: place["sender"])
        var resolved: [Sweep]?
        if let receivers {
            var sweeps: [Sweep] = []
            for (index, receiver) in receivers.enumerated() {
                sweeps.append(try receiver.resolve(for: architecture, at: place["receivers"][index]))
            }
            resolved = sweeps
        }
        return (senders, PatchPath(to: resolved, through: through, of: architecture))
    }

    private static let form = Form.object(
        "PatchPath",
        """
        The sender's z is set to that of the run that activations are taken from, while every other head, and every MLP, from \
        its layer on is held at what it was; what the receivers then are is put into the other run, and nothing else. A sender \
        that no receiver comes after changes nothing.
        """,
        fields: Field("sender", Sender.form, "The heads that speak, one cell each."),
        Field(
            "receivers",
            .either(
                Form<String>.choice(["output"]).map { _ in nil },
                Form<[Receiver]>.list(of: Receiver.form, count: 1...1_024).map { $0 }),
            "Who hears them: a list, all at once; or output, for what they say to the output directly."),
        Field(
            "through", .choice(of: PatchPath.Through.self), default: "direct",
            "direct holds the MLPs between sender and receivers; mlps computes them anew, so that they pass things on."),
        make: PathWish.init(sender:receivers:through:))
}

extension PathWish.Sender {
    fileprivate static let form = Form.object(
        "PathSender", "All heads unless some are chosen.",
        fields: Field("hook", .choice(["z"]), default: "z", "What a head found, before it is projected back."),
        Field(optional: "layer", .integer, "One layer."), Field(optional: "head", .integer, "One head."),
        Field(optional: "layers", SweepWish.indices, "Several layers."),
        Field(optional: "heads", SweepWish.indices, "Several heads."),
        make: { _, layer, head, layers, heads in
            PathWish.Sender(layer: layer, head: head, layers: layers, heads: heads)
        })

    fileprivate func resolve(for architecture: Architecture, at place: JSONPointer) throws(FieldError) -> Sweep {
        if layer != nil, layers != nil {
            throw FieldError(.pointer(place["layers"]), "expected either layer or layers, found both")
        }
        if head != nil, heads != nil {
            throw FieldError(.pointer(place["heads"]), "expected either head or heads, found both")
        }
        var (chosen, names): ([SweepAxis: [Int]], [SweepAxis: String]) = ([:], [:])
        chosen[.layer] = layer.map { [$0] } ?? layers
        chosen[.head] = head.map { [$0] } ?? heads
        names[.layer] = layer.map { _ in "layer" }
        names[.head] = head.map { _ in "head" }
        do throws(Sweep.Failure) {
            return try Sweep(.z, over: [.layer, .head], chosen: chosen, of: architecture)
        } catch {
            throw error.fieldError(at: place, names: names)
        }
    }
}

extension PathWish.Receiver {
    fileprivate static let form = Form.object(
        "PathReceiver", "A hook of one layer, whole or some of its heads.",
        fields: Field(
            "hook", .choice(of: SweepSite.self),
            "By its short name. z, result and attn_out are heads as they hear their layer's input; mlp_out and post the MLP."
        ),
        Field("layer", .integer, "Which layer; negative ones count from the end."),
        Field(optional: "heads", SweepWish.indices, "All unless given."),
        make: PathWish.Receiver.init(site:layer:heads:))

    fileprivate func resolve(for architecture: Architecture, at place: JSONPointer) throws(FieldError) -> Sweep {
        var chosen: [SweepAxis: [Int]] = [.layer: [layer]]
        chosen[.head] = heads
        do throws(Sweep.Failure) {
            return try Sweep(site, over: [], chosen: chosen, of: architecture)
        } catch {
            throw error.fieldError(at: place, names: [.layer: "layer"])
        }
    }
}

extension PatchPath {
    /// What is asked, as answers and the provenance show it.
    var document: JSONValue {
        ["receivers": receivers.map { .list($0.map(Self.document)) } ?? "output", "through": .string(through.rawValue)]
    }

    private static func document(_ receiver: Sweep) -> JSONValue {
        .object(
            [
                JSONMember("hook", .string(receiver.site.rawValue)),
                JSONMember("layer", JSONValue(orNull: receiver.chosen[.layer]?.first)),
            ] + (receiver.chosen[.head].map { [JSONMember("heads", .integers($0))] } ?? []))
    }

    /// As ``document`` writes it.
    static let schema = Schema.object(
        "PatchPathOut", "Who hears the senders, and through what.",
        properties: [
            .init(
                "receivers",
                Schema(
                    .either([
                        .choice(["output"]),
                        .list(
                            .object(properties: [
                                .init("hook", .choice(SweepSite.allCases.map(\.rawValue))), .init("layer", .integer),
                                .init("heads", .list(.integer), isRequired: false),
                            ])),
                    ]))), .init("through", .choice(Through.allCases.map(\.rawValue))),
        ])
}
