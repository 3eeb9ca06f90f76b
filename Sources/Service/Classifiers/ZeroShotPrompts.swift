internal import HookedModels
internal import TextNumbers
internal import Web

/// Classes as texts: labels, and the sentences that each of them is put into.
struct ZeroShotPrompts: Hashable, Sendable {
    let labels: [String]
    let templates: [String]

    /// Texts of one classifier: each of them is a pass of the text tower.
    static let maximumTexts = 16_384
    /// What stands for the label.
    static let place = "{}"

    /// Sentences about pictures of several kinds, where a request brings none.
    static let usualTemplates = [
        "a photo of a {}.", "a picture that shows the {}.", "a close view of a {}.", "a {} seen from far away.",
        "a bright photo of one {}.", "a dark photo of the {}.", "a blurred photo of a {}.", "a drawing of a {}.",
        "a small {}.", "a large {}.", "several {} in one photo.", "a {} in its usual surroundings.",
    ]

    /// - Throws: The field's error for more texts than one classifier may have.
    init(labels: [String], templates: [String]?) throws(FieldError) {
        self.labels = labels
        self.templates = templates ?? Self.usualTemplates
        let count = self.labels.count * self.templates.count
        guard count <= Self.maximumTexts else {
            throw FieldError(
                .pointer(JSONPointer()["labels"]),
                "\(labels.count) labels in \(self.templates.count) templates are \(count) texts, more than "
                    + "\(Self.maximumTexts)")
        }
    }

    /// One label in one template.
    func text(_ label: Int, template: Int) -> String {
        templates[template].replacing(Self.place, with: labels[label])
    }

    /// Bytes of all texts.
    var byteCount: Int { (labels + templates).reduce(0) { $0 + $1.utf8.count } }

    /// As answers show them, and for the provenance.
    var members: [JSONMember] {
        [
            JSONMember("labels", .strings(labels)),
            JSONMember("templates", .strings(templates)),
        ]
    }
}

extension ZeroShotPrompts {
    static let labelForm = Form<[String]>.list(of: .string(length: 1...1_024), count: 1...4_096)

    static let templateForm = Form<[String]>.list(
        of: Form<String>.string(length: 2...1_024).map(checking: { (text: String) throws(Mismatch) -> String in
            guard text.contains(place) else { throw Mismatch("a template has {} where the label goes") }
            return text
        }), count: 1...256)

    /// How classes are made of texts, for the documentation.
    static let details =
        "A CLIP's classes are texts: each of `labels` is put into each of `templates` (in place of `{}`), the text tower reads "
        + "them, each result is brought to unit length, and their mean, brought to unit length again, is the class. A logit is "
        + "the cosine between picture and class times e to the checkpoint's `logit_scale` (100 where it has none). Without "
        + "`templates` these are taken: " + usualTemplates.map { "\"\($0)\"" }.joined(separator: ", ") + "."
}

extension ZeroShotPrompts: ClassNames {
    var classCount: Int { labels.count }
    var areClasses: Bool { true }
    func label(_ index: Int) -> String { labels.indices.contains(index) ? labels[index] : "class \(index)" }
    func emoji(_ index: Int) -> String? { ClassEmoji.shared.emoji(for: label(index)) }
}
