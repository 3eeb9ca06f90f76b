"""Runs our forward pass and the libraries' by turns on the same machine, and prints the ratios as a Markdown table.

    python compare.py --ours FORWARD --checkpoint DIR --torch PYTHON [--rounds 3]

Machines are shared and drift, so each round measures both sides, batch by batch, and the best of all rounds counts.
"""

import argparse
import json
import subprocess
from pathlib import Path

BATCHES = (1, 8, 32)
FLOP = 8.82e9  # of one forward pass of ViT-B/32 over one picture
HERE = Path(__file__).parent


def lines_of(command):
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--torch", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()

    best = {}
    for _ in range(arguments.rounds):
        for batch in BATCHES:
            runs = str(max(3, arguments.runs if batch < 32 else arguments.runs // 2))
            torch = [arguments.torch, str(HERE / "torch" / "forward.py"), "--batches", str(batch), "--runs", runs]
            ours = [arguments.ours, arguments.checkpoint, "--batches", str(batch), "--runs", runs]
            for line in lines_of(ours) + lines_of(torch):
                key = (line["what"], line["batch"])
                best[key] = min(best.get(key, float("inf")), line["seconds"])

    peak = 2 * 2048**3 / best["sgemm 2048", 0]
    print(f"Loading: {best['load', 0]:.2f} s. Peak (sgemm 2048³, all threads): {peak / 1e9:.0f} GF/s.\n")
    print("| forward | " + " | ".join(f"batch {batch}" for batch in BATCHES) + " |")
    print("|---|" + "---|" * len(BATCHES))
    names = dict.fromkeys(what for what, batch in best if batch)
    for name in names:
        cells = [
            f"{best[name, batch]:.4f} s, {batch * FLOP / best[name, batch] / 1e9:.0f} GF/s"
            for batch in BATCHES if (name, batch) in best]
        print(f"| {name} | " + " | ".join(cells) + " |")

    print("\n| ratio | " + " | ".join(f"batch {batch}" for batch in BATCHES) + " |")
    print("|---|" + "---|" * len(BATCHES))
    pairs = [
        ("timm", "ours"), ("openvino", "ours"), ("vit-prisma, every hook", "ours, every hook"),
        ("ours, every hook", "ours"), ("ours, one hook", "ours")]
    for a, b in pairs:
        if (a, 1) in best:
            cells = [f"{best[a, batch] / best[b, batch]:.2f}" for batch in BATCHES]
            print(f"| {a} / {b} | " + " | ".join(cells) + " |")
    shares = [f"{batch * FLOP / best['ours', batch] / peak:.0%}" for batch in BATCHES]
    print("| share of peak, ours | " + " | ".join(shares) + " |")


if __name__ == "__main__":
    main()
