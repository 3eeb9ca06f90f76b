"""A CLIP of a fixture's weights with a tokenizer beside them, so that the pages can ask it about texts."""

import json
import shutil

WORDS = ["cat", "dog"]      # all that its twenty tokens can spell
MERGES = ["c a", "ca t</w>", "d o", "do g</w>"]


def write(checkpoint, folder):
    """Copies the checkpoint and writes `vocab.json` and `merges.txt` for the pieces of a few words."""
    shutil.copytree(checkpoint, folder)
    letters = sorted(set("".join(WORDS)))
    pieces = letters + [letter + "</w>" for letter in letters] + [merge.replace(" ", "") for merge in MERGES]
    pieces += ["x", "x</w>"] + ["<|startoftext|>", "<|endoftext|>"]      # the last two are 18 and 19, as its configuration says
    (folder / "vocab.json").write_text(json.dumps({piece: number for number, piece in enumerate(pieces)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2"] + MERGES) + "\n")
    return folder
