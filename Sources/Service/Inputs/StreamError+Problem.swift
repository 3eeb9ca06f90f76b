internal import HTTPTypes
internal import Interpretability
internal import TextNumbers
internal import Web

extension StreamError {
    /// What a client is told: a 400 with the field's pointer, or a 409 for a kind of model that does not allow it.
    /// - Parameters:
    ///   - fields: how the request calls what errors are about; the whole document where it has no such field.
    ///   - remedy: of a hook that is not there, what to do.
    func problem(_ fields: [Subject: String], remedy: (_ hook: String) -> String) -> any Error {
        let place = { (subject: Subject) in
            FieldError.Place.pointer(fields[subject].map { JSONPointer()[$0] } ?? JSONPointer())
        }
        switch self {
        case .missing(let hook): return FieldError(place(.analysis), remedy(hook))
        case .partial(let hook, let shape, let expected):
            return FieldError(
                place(.analysis),
                "'\(hook)' was kept in part, \(shape) an input; this needs \(expected): capture the whole")
        case .unrecordedPosition(let position):
            return FieldError(place(.position), "position \(position) was not kept")
        case .layerOutOfRange(let layer, let layers):
            return FieldError(
                place(.layer), "there is no layer \(layer): expected 0 … \(layers), or −1 for the end of the stream")
        case .refused(let reason, about: .model): return Problem(.conflict, reason.capitalizedAtStart + ".")
        case .refused(let reason, about: let subject): return FieldError(place(subject), reason)
        }
    }
}
