import HookedModels
import Testing

@Suite struct HookNameTests {
    @Test(arguments: [
        ("k6", "blocks.6.attn.hook_k"), ("pattern3", "blocks.3.attn.hook_pattern"),
        ("attn2", "blocks.2.attn.hook_pattern"),
        ("attn_logits0", "blocks.0.attn.hook_attn_scores"), ("query11", "blocks.11.attn.hook_q"),
        ("scale4ln1", "blocks.4.ln1.hook_scale"), ("normalized0ln2", "blocks.0.ln2.hook_normalized"),
        ("resid_post11", "blocks.11.hook_resid_post"), ("resid_pre0", "blocks.0.hook_resid_pre"),
        ("attn_out5", "blocks.5.hook_attn_out"), ("mlp_out5", "blocks.5.hook_mlp_out"),
        ("pre5", "blocks.5.mlp.hook_pre"),
        ("mlp_post1", "blocks.1.mlp.hook_post"), ("z7a", "blocks.7.attn.hook_z"),
        ("result1", "blocks.1.attn.hook_result"),
        ("embed", "hook_embed"), ("pos_embed", "hook_pos_embed"), ("scale", "ln_final.hook_scale"),
        ("normalized", "ln_final.hook_normalized"), ("hook_embed", "hook_embed"),
        ("blocks.0.hook_resid_pre", "blocks.0.hook_resid_pre"), ("q_input3", "blocks.3.hook_q_input"),
        ("ln_pre", "hook_ln_pre"), ("", "hook_"),
    ])
    func shortNamesMeanWhatTheyMeanElsewhere(_ short: String, _ full: String) {
        #expect(HookName.expanded(short) == full)
    }
}
