public import HookedModels
public import Web

/// Flags that a request or a configuration names; those left out stay as they are.
public struct FlagOverrides: Sendable {
    let useAttnResult: Bool?
    let useSplitQKVInput: Bool?
    let useAttnIn: Bool?
    let useHookMLPIn: Bool?

    init(
        useAttnResult: Bool? = nil, useSplitQKVInput: Bool? = nil, useAttnIn: Bool? = nil, useHookMLPIn: Bool? = nil
    ) {
        self.useAttnResult = useAttnResult
        self.useSplitQKVInput = useSplitQKVInput
        self.useAttnIn = useAttnIn
        self.useHookMLPIn = useHookMLPIn
    }

    /// An object of booleans, or a list of the names of those that are on.
    public static let form = Form<FlagOverrides>.either(object, list)

    private static let object = Form.object(
        "Flags", "Switches that make optional hooks exist.",
        fields: Field(optional: "use_attn_result", .boolean, "attn.hook_result: each head's own contribution."),
        Field(optional: "use_split_qkv_input", .boolean, "hook_q_input, hook_k_input and hook_v_input."),
        Field(optional: "use_attn_in", .boolean, "hook_attn_in: the stream as each head reads it."),
        Field(optional: "use_hook_mlp_in", .boolean, "hook_mlp_in: the stream as the MLP reads it."),
        make: FlagOverrides.init(useAttnResult:useSplitQKVInput:useAttnIn:useHookMLPIn:))

    private static let names = ["use_attn_result", "use_split_qkv_input", "use_attn_in", "use_hook_mlp_in"]

    private static let list = Form<[String]>.list(of: .choice(names)).map { on in
        let value = { (name: String) in on.contains(name) ? true : nil }
        return FlagOverrides(
            useAttnResult: value(names[0]), useSplitQKVInput: value(names[1]), useAttnIn: value(names[2]),
            useHookMLPIn: value(names[3]))
    }

    /// `own`, with what is named here in its place.
    public func apply(to own: HookFlags) -> HookFlags {
        HookFlags(
            useAttnResult: useAttnResult ?? own.useAttnResult,
            useSplitQKVInput: useSplitQKVInput ?? own.useSplitQKVInput,
            useAttnIn: useAttnIn ?? own.useAttnIn,
            useHookMLPIn: useHookMLPIn ?? own.useHookMLPIn)
    }
}
