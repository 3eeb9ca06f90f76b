internal import HookedModels
internal import Tensors

/// How a metric that is linear in the logits reads the last stream, with the scales of the norms held at what they were.
///
/// Norm, pooling and head are then linear, so that the metric is a sum over what is in the stream:
///
///     value = Σ_q factor_q · (x_q · direction) + constant
///
/// over the positions q that the model's pooling reads. Everything in float64.
struct LinearReadout: Sendable {
    /// One position that is read.
    struct Place: Sendable {
        let position: Int
        /// Which of ``directions`` reads it: where pooling puts several vectors one after the other, each has its own.
        let slice: Int
        /// Its share of a mean.
        let weight: Double
    }

    private(set) var places: [Place]
    /// Each [d_model]: through the norms' weights, centred, without their scales.
    let directions: [[Double]]
    /// What head and norms add whatever the stream is: by itself, and what is divided by the scale of the norm after pooling.
    let constants: (plain: Double, overPooledScale: Double)
    let hasFinalNorm: Bool
    let hasPooledNorm: Bool
    /// Whether the output is a direction: what is read is then divided by its length.
    let dividesByLength: Bool

    /// Where the stream is read, in the order of the positions.
    var positions: [Int] { places.map(\.position) }

    /// - Parameters:
    ///   - position: reads the stream there, through final norm and head, in place of what the model's pooling reads.
    /// - Throws: ``StreamError/refused(_:)`` for a metric or a model that is not linear in its last stream.
    init(
        _ metric: Metric, of model: HookedModel, norm: StackNorm = .exact, position: Int? = nil
    ) throws(StreamError) {
        let architecture = model.architecture
        places = try Self.places(architecture, position ?? metric.position, isGiven: position != nil)
        let isExact = norm == .exact
        hasFinalNorm = architecture.hasFinalNorm && architecture.normalization != .none
        hasPooledNorm = architecture.hasPooledNorm
        dividesByLength = metric.reading != nil || architecture.normalizesOutput
        var (direction, plain) = try Self.behindHead(metric, model)
        var over = 0.0
        if hasPooledNorm {
            if isExact {
                plain += Self.dot(direction, Self.weight("fc_norm.b", model))
                direction = Self.product(direction, Self.weight("fc_norm.w", model))
            }
            direction = Self.centred(direction)
        }
        let width = architecture.width
        var directions = stride(from: 0, to: direction.count, by: width).map { Array(direction[$0..<($0 + width)]) }
        if hasFinalNorm {
            let (weight, bias) = (Self.weight("ln_final.w", model), Self.weight("ln_final.b", model))
            if isExact {
                let shift = directions.reduce(0) { $0 + Self.dot($1, bias) }
                if hasPooledNorm { over += shift } else { plain += shift }
                directions = directions.map { Self.product($0, weight) }
            }
            directions = directions.map(Self.centred)
        }
        self.directions = directions
        constants = (plain, over)
    }

    /// The same at another position. - Precondition: one position is read.
    func moved(to position: Int) -> LinearReadout {
        precondition(places.count == 1, "several positions are read")
        var copy = self
        copy.places = [Place(position: position, slice: 0, weight: 1)]
        return copy
    }

    /// What each read position is multiplied with for one input, and what is added.
    /// - Parameters:
    ///   - finalScale: of each read position, where there is a final norm.
    ///   - pooledScale: of the norm after pooling.
    ///   - length: of the output, where it is a direction.
    func factors(finalScale: [Double]?, pooledScale: Double?, length: Double?) -> (places: [Double], constant: Double) {
        let (pooled, length) = (pooledScale ?? 1, length ?? 1)
        let factors = places.enumerated().map { index, place in
            place.weight / ((finalScale?[index] ?? 1) * pooled * length)
        }
        return (factors, (constants.plain + constants.overPooledScale / pooled) / length)
    }
}

extension LinearReadout {
    private static func places(
        _ architecture: Architecture, _ position: Int?, isGiven: Bool
    ) throws(StreamError) -> [Place] {
        let patches = architecture.prefixTokens..<architecture.positions
        let mean = { (range: Range<Int>, slice: Int) in
            range.map { Place(position: $0, slice: slice, weight: 1 / Double(range.count)) }
        }
        let readsOneWidth = architecture.pooledWidth == architecture.width && architecture.pooling != .clsAndMean
        if isGiven, let position {
            guard readsOneWidth, architecture.pooling != .attention else {
                throw .refused(
                    "the model's head does not read single positions, but what its pooling "
                        + "(\(architecture.pooling.rawValue)) makes of several",
                    about: .position)
            }
            return [Place(position: position, slice: 0, weight: 1)]
        }
        switch architecture.pooling {
        case .cls: return mean(0..<1, 0)
        case .mean: return mean(patches, 0)
        case .meanOfAll: return mean(0..<architecture.positions, 0)
        case .clsThenMean, .clsAndMean: return mean(0..<1, 0) + mean(patches, 1)
        case .clsAndDistillation: return mean(0..<1, 0) + mean(1..<2, 1)
        case .none: return mean((position ?? 0)..<((position ?? 0) + 1), 0)
        case .attention:
            throw .refused(
                "the model pools by attention and an MLP, which are not linear in its last stream: nothing adds up there",
                about: .model)
        case .endOfText:
            throw .refused("a text is read where it ends: a position is needed", about: .position)
        }
    }

    /// What the metric asks of the head's input, [pooled], and what the head adds by itself.
    private static func behindHead(
        _ metric: Metric, _ model: HookedModel
    ) throws(StreamError) -> (direction: [Double], constant: Double) {
        guard metric.kind == .logit || metric.kind == .logitDifference else {
            throw .refused(
                "\(metric.kind.rawValue) is not linear in the logits: logit and logit_difference are", about: .metric)
        }
        let shares = metric.classes.enumerated().map { (index: $1, share: $0 == 0 ? 1.0 : -1.0) }
        let architecture = model.architecture
        let outputs =
            architecture.pooling == .clsAndMean
            ? 2 * architecture.width : architecture.classes ?? architecture.pooledWidth
        var output = [Double](repeating: 0, count: outputs)
        for (index, share) in shares {
            if let reading = metric.reading {
                for (place, value) in reading.directions.row(index).elements.enumerated() {
                    output[place] += share * Double(value)
                }
            } else {
                output[index] += share
            }
        }
        if architecture.pooling == .clsAndMean {
            guard architecture.classes == nil else {
                throw .refused("the model's head reads class token and mean on an axis of their own", about: .model)
            }
            // [d_model, 2] → one vector after the other.
            return ((0..<2).flatMap { part in (0..<architecture.width).map { output[2 * $0 + part] } }, 0)
        }
        guard let head = model.weight(named: "head.W_H") else { return (output, 0) }
        let used = output.indices.filter { output[$0] != 0 }
        let direction = head.tensor().withSpan { span in
            (0..<head.shape[0]).map { row in
                used.reduce(0.0) { $0 + output[$1] * Double(span[row * outputs + $1]) }
            }
        }
        return (direction, dot(output, weight("head.b_H", model)))
    }

    /// A parameter in float64; empty where the model has none.
    private static func weight(_ name: String, _ model: HookedModel) -> [Double] {
        (model.weight(named: name)?.tensor().elements ?? []).map(Double.init)
    }

    private static func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Elementwise; by nothing it stays as it is.
    private static func product(_ x: [Double], _ y: [Double]) -> [Double] { y.isEmpty ? x : zip(x, y).map { $0 * $1 } }

    private static func centred(_ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(max(x.count, 1))
        return x.map { $0 - mean }
    }
}
