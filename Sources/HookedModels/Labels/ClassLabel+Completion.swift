extension ClassLabel {
    /// The labels of a checkpoint with what is known beside: names where it has none and a thousand classes, which are
    /// ImageNet's in everything that is published; emoji for names without one.
    /// - Parameter classes: the model's; `nil` where it has no classifier.
    static func completed(_ labels: [ClassLabel], classes: Int?) -> [ClassLabel] {
        let isThousand = classes == ImageNetClasses.all.count
        var labels = labels
        if isThousand && labels.allSatisfy({ $0.isPlaceholder }) {
            labels = ImageNetClasses.all.enumerated().map { index, known in
                ClassLabel(name: known.names, emoji: labels.indices.contains(index) ? labels[index].emoji : nil)
            }
        }
        return labels.enumerated().map { index, label in
            guard label.emoji == nil, let name = label.name else { return label }
            let known = isThousand ? ImageNetClasses.matching(name, at: index) : nil
            // All of ImageNet's names tell more than the one that a checkpoint may have kept.
            let emoji = ClassEmoji.shared.emoji(for: known?.names ?? name, synset: known?.synset)
            return ClassLabel(name: name, emoji: emoji)
        }
    }

    /// Whether it says nothing: no name, or what transformers writes where nobody gave any, "LABEL_17".
    private var isPlaceholder: Bool {
        guard let name else { return true }
        return name.hasPrefix("LABEL_") && name.dropFirst(6).allSatisfy(\.isNumber)
    }
}
