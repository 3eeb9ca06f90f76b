public import HookedModels
internal import TextNumbers
public import Web

extension WeightTransform {
    /// A list of the names of those that are wanted, or an object of booleans.
    public static let form = Form<Set<WeightTransform>>.either(list, object)

    private static let list = Form<[WeightTransform]>.list(of: .choice()).map { Set($0) }

    private static let object = Form.object(
        fields: field(.foldNorms, "Norms without weight and bias."),
        field(.centreWriting, "A mean of zero over what is written to the stream."),
        field(.foldValueBiases, "The biases of values in that of attention's output."),
        field(.refactorAttention, "W_Q and W_K, W_V and W_O by singular values."),
        make: { Set([$0, $1, $2, $3].compactMap { $0 }) })

    private static func field(_ transform: WeightTransform, _ summary: String) -> Field<WeightTransform?> {
        Field(transform.rawValue, Form<Bool>.boolean.map { $0 ? transform : nil }, default: false, summary)
    }

    /// The names of some, in the order in which they are applied.
    static func names(_ transforms: Set<WeightTransform>) -> [String] { inOrder(transforms).map(\.rawValue) }
}
