internal import HookedModels
internal import Scheduling
internal import Tensors
internal import TextNumbers

/// What an endpoint that runs a model answers: a document, and tensors that stand in it or beside it.
///
/// As JSON the tensors are the document's member `tensors`; as npz, npy and safetensors they are the body.
struct TensorAnswer: Sendable {
    /// The document's own members, in order, without `tensors`.
    var members: [JSONMember]
    /// Members that are lists with one element an input.
    var perInput: [JSONMember] = []
    /// First axes are the inputs, in the order given.
    var tensors: [(name: String, values: RowPieces)]
    /// Whether the document shows `tensors` even where there are none.
    var showsTensors = true
    /// Whether the JSON is the one tensor itself, not a document that has it.
    var isBare = false
    /// The answer input by input, where it is computed so: then there is no whole.
    var lines: AnswerLines?

    /// The memory that the tensors are held in, given back when the answer has been sent.
    var admission: Admission?

    /// Draws the answer as PNG; `nil` where it is no picture, with the reason.
    var picture: Picture = .none("this answer has no picture")

    /// The answer as a picture.
    enum Picture: Sendable {
        case drawn(@Sendable () throws -> [UInt8])
        /// Why there is none.
        case none(String)
    }

    /// The document without its tensors.
    var document: JSONValue { .object(perInput + members) }
}
