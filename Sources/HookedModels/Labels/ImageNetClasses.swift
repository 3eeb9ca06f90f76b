internal import Resources

/// The thousand classes of ILSVRC 2012, in the order in which every published classifier has them.
public enum ImageNetClasses {
    /// A class.
    public struct Class: Sendable, Equatable {
        /// WordNet's number, as "n01440764".
        public let synset: String
        /// WordNet's names, parted by commas: "tench, Tinca tinca".
        public let names: String
    }

    /// Read when they are first asked for.
    public static let all: [Class] = Resource.imageNetClasses.lines.compactMap { line in
        let parts = line.split(separator: "\t")
        return parts.count == 2 ? Class(synset: String(parts[0]), names: String(parts[1])) : nil
    }

    /// The class at `index`, where a checkpoint's own name for it means the same: some publishers keep the
    /// first of the names, others all. So a model of a thousand other things is not mistaken for one of ImageNet's.
    static func matching(_ name: String, at index: Int) -> Class? {
        guard all.indices.contains(index) else { return nil }
        let own = Set(synonyms(all[index].names))
        return synonyms(name).contains(where: own.contains) ? all[index] : nil
    }

    private static func synonyms(_ names: String) -> [[String]] {
        names.split(separator: ",").map { LabelWords.words($0) }
    }
}
