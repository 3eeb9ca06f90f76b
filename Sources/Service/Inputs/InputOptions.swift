internal import HookedModels
internal import Imaging
internal import TextNumbers
internal import Web

/// The fields that every endpoint which runs a model takes.
struct InputOptions: Sendable {
    /// `nil` where the pictures came beside the document.
    var inputs: [InputSource]?
    var preprocess: PreprocessChoice
    var exif: ExifHandling
    var flags: FlagOverrides
    var isDeterministic: Bool
    var isDryRun: Bool
    var tower = Tower.vision
    var interventions: [InterventionWish] = []
    /// Where the inputs stand in the document, where that is not the list `inputs`.
    var places: [JSONPointer]?
}

extension InputOptions {
    static func inputs() -> Field<[InputSource]?> {
        Field(optional: "inputs", .list(of: InputSource.form), "What goes into the model, in this order.")
    }

    static func preprocess() -> Field<PreprocessChoice> {
        Field(
            "preprocess", PreprocessChoice.form, default: true,
            "How pictures are prepared: as the model's configuration says, with some settings replaced, or (false) only "
                + "brought to its size and to [0, 1]. Tensors are taken as they are.")
    }

    static func exif() -> Field<ExifHandling> {
        Field(
            "exif", .choice(of: ExifHandling.self), default: "apply",
            "Whether pictures are turned as their camera noted.")
    }

    static func tower() -> Field<Tower> {
        Field(
            "tower", .choice(of: Tower.self), default: "vision",
            "Which of a model's towers runs: the one of pictures, or a CLIP's one of texts.")
    }

    /// For what is made of pictures alone. - Parameter reason: why the text tower is none for it, and what is instead.
    static func visionTower(_ reason: String) -> Field<String> {
        let form = Form<String>.choice(["vision"])
        return Field(
            "tower",
            Form<String>(form.schema) { value, place, errors in
                guard value.string == Tower.text.rawValue else { return form.read(value, at: place, &errors) }
                errors.append(FieldError(.pointer(place), reason))
                return nil
            }, default: "vision", "Which of a model's towers runs: that of pictures.")
    }

    static func flags() -> Field<FlagOverrides> {
        Field("flags", FlagOverrides.form, default: [:], "Makes optional hooks exist, for this request.")
    }

    static func interventions() -> Field<[InterventionWish]> {
        Field(
            "interventions", .list(of: InterventionWish.form, count: 0...256), default: [],
            "What is changed while the model runs, in this order.")
    }

    static func deterministic() -> Field<Bool> {
        Field("deterministic", .boolean, default: false, "Runs alone, so that the same request gives the same bytes.")
    }

    static func dryRun() -> Field<Bool> {
        Field("dry_run", .boolean, default: false, "Answers shapes, bytes and operations instead of running.")
    }
}

extension HookFlags {
    /// Under the names that requests use.
    var json: JSONValue {
        [
            "use_attn_result": .bool(useAttnResult), "use_split_qkv_input": .bool(useSplitQKVInput),
            "use_attn_in": .bool(useAttnIn), "use_hook_mlp_in": .bool(useHookMLPIn),
        ]
    }
}
