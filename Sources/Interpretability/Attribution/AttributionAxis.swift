/// What an attribution tells apart.
public enum AttributionAxis: String, Sendable, CaseIterable {
    case layer, component, head, neuron, position
    /// What one component passes to another.
    case edge
}
