/// A value out of a pickle: data, never code. What others can refer to or change lies in a table of the
/// ``PickleDocument`` and is referred to by its number, so that values never nest in memory: no depth of nesting and no
/// cycle can overflow the stack, not even when they are let go.
enum PickleValue: Sendable, Equatable {
    case none
    case bool(Bool)
    case integer(Int)
    /// Beyond 64 bits: two's complement, little-endian.
    case largeInteger([UInt8])
    case float(Double)
    case text(String)
    case bytes([UInt8])
    /// A known name; it stands for itself and refers to nothing.
    case global(PickleGlobal)
    /// The number of one of ``PickleDocument/objects``.
    case object(Int)
}

/// What values refer to by number.
enum PickleObject: Sendable, Equatable {
    case list([PickleValue])
    case tuple([PickleValue])
    case set([PickleValue])
    case dictionary(PickleDictionary)
    /// An instance of a configuration class: its name and its fields, a dictionary or nothing yet.
    case record(name: String, fields: PickleValue)
    case storage(TorchStorage)
    case tensor(TorchTensorRecipe)
    case numpyType(NumpyType)
    /// An array or a scalar of numpy that no number of ours holds: known to be there, not read.
    case numpyArray
}

/// Keys and values as they were set, in turns. A key may come again; the last one counts.
struct PickleDictionary: Sendable, Equatable {
    var keysAndValues: [PickleValue] = []
    /// Made by `collections.OrderedDict`, and so able to have attributes (which nobody needs).
    var isOrdered = false
}
