"""Sweeps over HTTP against ViT-Prisma with one forward pass a patch, by turns.

    python3 sweeps.py --prisma PRISMA --checkpoint FOLDER --torch PYTHON [--rounds 3]

Prints a table: `/patching` over 12 layers x 50 positions of `resid_pre`, `/ablation` of 144 heads, each with its ratio, and
how a sweep grows with layers and positions.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from waiting import wait

PORT = 9091
LAYERS, POSITIONS, HEADS = 12, 50, 12
METRIC = {"kind": "logit_difference", "classes": [281, 232]}


def picture(seed):
    """Standard normal numbers, as the other side takes them."""
    import base64

    import numpy

    values = numpy.random.default_rng(seed).standard_normal((3, 224, 224)).astype("<f4")
    text = base64.b64encode(values.tobytes()).decode()
    return {"tensor": {"datatype": "FP32", "shape": [3, 224, 224], "base64": text}}


def ask(path, wish):
    """Seconds until the whole answer is there."""
    body = json.dumps(wish).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/v1/models/vit/{path}", body, {"Content-Type": "application/json"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        answer.read()
    return time.perf_counter() - begin


def patching(**sweep):
    return ask("patching", {
        "clean": picture(1), "corrupt": picture(2), "metric": METRIC, "sweep": {"hook": "resid_pre", **sweep}})


def ablation():
    return ask("ablation", {
        "inputs": [picture(1)], "metric": METRIC, "sweep": {"hook": "z", "over": ["layer", "head"]}})


def theirs(arguments, hook):
    script = Path(__file__).resolve().parent / "torch" / "sweep.py"
    return float(subprocess.run(
        [arguments.torch, str(script), "--hook", hook], check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prisma", required=True)
    parser.add_argument("--checkpoint", required=True, help="a ViT-B/32 in timm's layout")
    parser.add_argument("--torch", required=True, help="a Python with torch and vit_prisma")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "bench.yaml"
        config.write_text(
            f"server: {{port: {PORT}}}\nmodels: [{{id: vit, path: {Path(arguments.checkpoint).resolve()}}}]\n")
        server = subprocess.Popen([arguments.prisma, "serve", "--config", str(config)])
        try:
            wait(PORT, "/readyz", server)
            patching(layers=[0], positions=[0])
            kinds = [
                (f"resid_pre, {LAYERS} layers x {POSITIONS} positions", LAYERS * POSITIONS, "resid_pre",
                 lambda: patching(over=["layer", "position"])),
                (f"{LAYERS * HEADS} heads ablated", LAYERS * HEADS, "z", ablation),
            ]
            print("| sweep | ours | ViT-Prisma, a pass a patch | ratio |\n|---|---|---|---|")
            for name, cells, hook, run in kinds:
                ratios = []
                for _ in range(arguments.rounds):
                    own, each = run(), theirs(arguments, hook)
                    ratios.append(each * cells / own)
                    print(f"| {name} | {own:.2f} s | {each * cells:.1f} s ({each:.4f} s a pass) | {ratios[-1]:.2f} |",
                          flush=True)
                print(f"| {name}, median | | | {statistics.median(ratios):.2f} |", flush=True)
            print("\n| resid_pre | seconds | seconds a cell |\n|---|---|---|")
            for layers in (1, 3, 6, 12):
                own = patching(over=["layer", "position"], layers=list(range(12 - layers, 12)))
                print(f"| last {layers} layers x {POSITIONS} positions | {own:.2f} | {own / layers / POSITIONS:.4f} |")
            for positions in (5, 25, 50):
                own = patching(over=["layer", "position"], positions=list(range(positions)))
                print(f"| 12 layers x {positions} positions | {own:.2f} | {own / 12 / positions:.4f} |", flush=True)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
