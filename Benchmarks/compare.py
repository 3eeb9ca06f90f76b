"""Runs our passes and the libraries' by turns on the same machine, and prints the ratios as a Markdown table.

    python compare.py --ours PROGRAM --checkpoint DIR --torch PYTHON [--kind forward|gradient] [--rounds 3]

Machines are shared and drift, so each round measures both sides, batch by batch, and the best of all rounds counts.
"""

import argparse
import json
import subprocess
from pathlib import Path

BATCHES = (1, 8, 32)
FLOP = 8.82e9  # of one forward pass of ViT-B/32 over one picture
HERE = Path(__file__).parent
PAIRS = {
    "forward": [
        ("timm", "ours"), ("openvino", "ours"), ("vit-prisma, every hook", "ours, every hook"),
        ("ours, every hook", "ours"), ("ours, one hook", "ours")],
    "gradient": [
        ("vit-prisma, gradient " + what, "ours, gradient " + what) for what in ("at every hook", "at the streams")
    ] + [
        ("timm, gradient " + what, "ours, gradient " + what) for what in ("by the pixels", "by the parameters")],
}


def lines_of(command):
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--torch", required=True)
    parser.add_argument("--kind", choices=PAIRS, default="forward")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()

    best = {}
    for _ in range(arguments.rounds):
        for batch in arguments.batches:
            runs = str(max(3, arguments.runs if batch < 32 else arguments.runs // 2))
            torch = [arguments.torch, str(HERE / "torch" / f"{arguments.kind}.py"), "--batches", str(batch), "--runs", runs]
            ours = [arguments.ours, arguments.checkpoint, "--batches", str(batch), "--runs", runs]
            for line in lines_of(ours) + lines_of(torch):
                key = (line["what"], line["batch"])
                best[key] = min(best.get(key, float("inf")), line["seconds"])

    batches = arguments.batches
    if arguments.kind == "forward":
        peak = 2 * 2048**3 / best["sgemm 2048", 0]
        print(f"Loading: {best['load', 0]:.2f} s. Peak (sgemm 2048³, all threads): {peak / 1e9:.0f} GF/s.\n")
    print(f"| {arguments.kind} | " + " | ".join(f"batch {batch}" for batch in batches) + " |")
    print("|---|" + "---|" * len(batches))
    names = dict.fromkeys(what for what, batch in best if batch)
    rate = {"forward": FLOP}.get(arguments.kind)
    for name in names:
        cells = [
            f"{best[name, batch]:.4f} s" + (f", {batch * rate / best[name, batch] / 1e9:.0f} GF/s" if rate else "")
            for batch in batches if (name, batch) in best]
        print(f"| {name} | " + " | ".join(cells) + " |")

    print("\n| ratio | " + " | ".join(f"batch {batch}" for batch in batches) + " |")
    print("|---|" + "---|" * len(batches))
    for a, b in PAIRS[arguments.kind]:
        if (a, batches[0]) in best:
            cells = [f"{best[a, batch] / best[b, batch]:.2f}" for batch in batches]
            print(f"| {a} / {b} | " + " | ".join(cells) + " |")
    if arguments.kind == "forward":
        shares = [f"{batch * FLOP / best['ours', batch] / peak:.0%}" for batch in batches]
        print("| share of peak, ours | " + " | ".join(shares) + " |")


if __name__ == "__main__":
    main()
