internal import HookedModels
public import Tensors

extension ResidualDecomposition {
    /// Brings parts of a stream to where the norm that reads the stream would bring them: the one before `layer`, or the
    /// final one. They stay as they are in a model without norms.
    /// - Parameter mlpInput: the norm before the MLP of `layer`.
    /// - Returns: the parts, and with ``StackNorm/exact`` the norm's bias, [d_model], which is to be added once.
    /// - Throws: where the scale was not recorded, or the model has no such norm in that place.
    public func applyLN(
        to stack: ComponentStack, _ norm: StackNorm, layer: Int? = nil, mlpInput: Bool = false
    ) throws(StreamError) -> (stack: ComponentStack, bias: Tensor?) {
        let target = try resolved(layer, mlpInput: mlpInput)
        guard architecture.normalization != .none else { return (stack, nil) }
        let (site, name): (Site, String)
        let isLast = target == architecture.layers
        if isLast {
            guard architecture.hasFinalNorm else {
                throw .refused("the model has no norm before its positions become one vector", about: .norm)
            }
            (site, name) = (.lnFinalScale, "ln_final")
        } else {
            guard !normalizesBranches else {
                throw .refused(
                    "the model's blocks normalise what their halves give (BertBlock), not what they read",
                    about: .norm)
            }
            (site, name) = mlpInput ? (.ln2Scale, "blocks.\(target).ln2") : (.ln1Scale, "blocks.\(target).ln1")
        }
        let scale = try values(site, isLast ? nil : target, [1])
        let weight = norm == .exact ? model.weight(named: name + ".w")?.tensor() : nil
        let scaled = stack.map { component in
            let normal = component.centered().dividingRows(by: scale)
            return weight.map { normal.multiplying(each: $0) } ?? normal
        }
        return (scaled, norm == .exact ? model.weight(named: name + ".b")?.tensor() : nil)
    }
}
