internal import Tensors

/// Reads sizes for a family: out of the tensors where they tell, out of the fields of a configuration where not. What a field
/// says must be a size even where it is not needed: one that is none tells of a damaged file.
struct ModelSizes {
    private var tensors: TensorSizes
    let fields: ConfigurationFields

    init(_ tensors: TensorSizes, _ fields: ConfigurationFields) {
        self.tensors = tensors
        self.fields = fields
    }

    /// - Throws: where neither the tensors nor the field tell it, or the field is no size.
    mutating func required(_ dimension: Dimension, _ field: String) throws -> Int {
        guard let value = try ifTold(dimension, field) else { throw fields.lacks(field) }
        return value
    }

    /// As ``required(_:_:)``; `nil` where neither tells it.
    mutating func ifTold(_ dimension: Dimension, _ field: String) throws -> Int? {
        let stated = try fields.int(field, dimension.range)
        return try tensors.value(of: dimension, stated: stated) ?? stated
    }

    /// As ``required(_:_:)``; what the library means where neither tells it.
    mutating func size(_ dimension: Dimension, _ field: String, usual: Int) throws -> Int {
        let stated = try fields.int(field, dimension.range) ?? usual
        return try tensors.value(of: dimension, stated: stated) ?? stated
    }

    /// What the tensors alone tell. - Parameter stated: what decides where they are not of one mind.
    mutating func told(_ dimension: Dimension, stated: Int? = nil) throws -> Int? {
        try tensors.value(of: dimension, stated: stated)
    }

    /// d_mlp, which some libraries state as a ratio to d_model; 4 where nothing tells it.
    mutating func neurons(ratio field: String, width: Int) throws -> Int {
        let stated = Double(width) * (try fields.double(field) ?? 4)
        guard stated >= 1, stated <= Double(Limits.neurons.upperBound) else {
            throw fields.wrong(field, "such that d_model times it is from 1 to \(Limits.neurons.upperBound)")
        }
        return try tensors.value(of: .neurons, stated: Int(stated)) ?? Int(stated)
    }

    /// Height and width of a patch.
    mutating func patch(_ field: String, usual: Int) throws -> Architecture.Extent {
        let stated = try fields.extent(field, Limits.side)
        let height = try tensors.value(of: .patchHeight, stated: stated?.height)
        let width = try tensors.value(of: .patchWidth, stated: stated?.width)
        return .init(height: height ?? stated?.height ?? usual, width: width ?? stated?.width ?? usual)
    }

    /// Height and width of a picture: as stated, unless the number of positions tells of another number of patches, and
    /// these could be a square.
    /// - Parameters:
    ///   - stated: What the configuration says.
    ///   - usual: What the library means where it says nothing.
    ///   - field: Where it would say it.
    ///   - patch: Of one patch.
    ///   - before: Positions before the first patch. Of several numbers one must fit: the first that does is taken.
    mutating func image(
        stated: Architecture.Extent?, usual: Architecture.Extent?, field: String, patch: Architecture.Extent,
        before: [Int]
    ) throws -> Architecture.Extent {
        let patches = { (size: Architecture.Extent) in (size.height / patch.height) * (size.width / patch.width) }
        let expected = stated.map { patches($0) + (before.first ?? 0) }
        guard let positions = try tensors.value(of: .positions, stated: expected) else {
            guard let size = stated ?? usual else { throw fields.lacks(field) }
            return size
        }
        for size in [stated, usual].compactMap({ $0 }) {
            let count = patches(size)
            if count > 0, before.contains(where: { $0 + count == positions }) { return size }
        }
        let sides = Set(before.compactMap { Self.root(positions - $0) })
        if sides.count == 1, let side = sides.first,
            Limits.side.contains(side * patch.height), Limits.side.contains(side * patch.width)
        {
            return .init(height: side * patch.height, width: side * patch.width)
        }
        if let stated { return stated }
        throw ModelError.noSquare(positions: positions, before: before.first ?? 0, field: field)
    }

    /// The whole root of a square; `nil` of any other number.
    private static func root(_ square: Int) -> Int? {
        guard square > 0 else { return nil }
        let root = Int(Double(square).squareRoot())
        return root * root == square ? root : nil
    }
}
