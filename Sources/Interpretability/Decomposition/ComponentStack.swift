public import Tensors

/// Parts of a stream, one above the other, each with its name.
public struct ComponentStack: Sendable {
    /// What the parts are called, in order: ViT-Prisma's names.
    public private(set) var labels: [String] = []
    /// Each [some components, input, position, d_model].
    private(set) var parts: [Tensor] = []
    /// [input, position, d_model]
    private let inner: [Int]

    /// No parts yet. - Parameter inner: [input, position, d_model].
    init(inner: [Int]) { self.inner = inner }

    /// [component, input, position, d_model].
    public var tensor: Tensor {
        parts.isEmpty ? Tensor(shape: [0] + inner, elements: []) : Tensor.concatenated(parts)
    }

    /// One component, [input, position, d_model].
    mutating func append(_ label: String, _ component: Tensor) { append([label], component.unsqueezed()) }

    /// Several, [component, input, position, d_model].
    mutating func append(_ names: [String], _ components: Tensor) {
        precondition(components.shape == [names.count] + inner, "\(names.count) of \(components.shape) in \(inner)")
        labels += names
        if !names.isEmpty { parts.append(components) }
    }

    /// The parts at one of their positions: [component, input, 1, d_model].
    public func at(place: Int) -> ComponentStack {
        var result = ComponentStack(inner: [inner[0], 1, inner[2]])
        result.labels = labels
        result.parts = parts.map { $0.slice(axis: 2, place..<(place + 1)).contiguous() }
        return result
    }

    /// The same parts under the same names, each component [input, position, d_model] made into another one.
    func map(_ make: (Tensor) -> Tensor) -> ComponentStack {
        var result = ComponentStack(inner: inner)
        result.labels = labels
        result.parts = parts.map { part in
            Tensor.concatenated((0..<part.shape[0]).map { make(part.row($0)).unsqueezed() })
        }
        return result
    }

    /// `stream` without all parts, added up in float64.
    func remainder(of stream: Tensor) -> Tensor {
        var rest = stream.elements.map(Double.init)
        for part in parts {
            part.withSpan { span in
                for index in span.indices { rest[index % rest.count] -= Double(span[index]) }
            }
        }
        return Tensor(shape: stream.shape, elements: rest.map { Float($0) })
    }
}
