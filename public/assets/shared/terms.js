// The field's terms, a sentence each.

export const TERMS = {
  "logit": "The model's own score of a class, before the softmax makes probabilities of all of them.",
  "probability": "The softmax of the logits: what is left of 1 for this class.",
  "pattern": "Attention after the softmax: of each query's row, which share goes to each key. Rows add up to 1.",
  "scores": "Attention before the softmax: the scaled product of query and key. It has a sign and no bound.",
  "query": "The token that looks: it gathers from the others.",
  "key": "The token that is looked at: it is gathered from.",
  "CLS": "The class token: it stands for no patch, gathers from all of them, and the classifier reads it.",
  "rollout": "The layers' patterns multiplied up, the residual stream counted in: where information at a token came from.",
  "head": "One of the independent attention maps of a layer.",
  "stream": "The residual stream: what a token knows, and what each layer adds to.",
  "entropy": "How widely a head looks: 0 nats where all goes to one key, the logarithm of their number where it is even.",
  "attention_to_cls": "The share that goes to the class token, mean over all queries.",
  "mean_distance": "How far a patch looks, in patches, weighted by attention; the class token left out.",
  "own": "Each stream through the final norm with its own scale, as if the model ended there, then the classifier.",
  "final_scale": "ViT-Prisma's: each stream divided by the scale that the final norm has at the end, without its weight.",
  "component": "Which vectors are read: the stream between the layers, or what attention or the MLP adds to it.",
  "heat": "What the colour behind the emoji shows.",
};
