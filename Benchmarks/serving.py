"""Sixteen clients against the server, and against the same model behind FastAPI, uvicorn and torch, by turns.

    python3 serving.py --prisma PRISMA --checkpoint FOLDER --torch PYTHON [--seconds 10] [--rounds 3]

Prints tables: `/predict` with 640 x 480 JPEG bodies, requests a second and percentiles of each side and their ratios; and
`/run` with a different capture from each of sixteen clients at once, beside the same requests one after the other.
"""

import argparse
import http.client
import io
import json
import random
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from waiting import wait

CLIENTS = 16
OURS, THEIRS = 9091, 9092


def photograph(seed):
    """A JPEG of 640 x 480 with structure at every scale, so that it is as large as a photograph's."""
    import numpy
    from PIL import Image

    random_numbers = numpy.random.default_rng(seed)
    picture = numpy.zeros((480, 640, 3))
    for scale in (4, 16, 64):
        coarse = random_numbers.random((480 // scale + 1, 640 // scale + 1, 3)) * 255
        layer = Image.fromarray(coarse.astype("uint8")).resize((640, 480), Image.Resampling.BICUBIC)
        picture += numpy.asarray(layer) * scale ** 0.5
    picture *= 255 / picture.max()
    file = io.BytesIO()
    Image.fromarray(picture.astype("uint8")).save(file, "JPEG", quality=90)
    return file.getvalue()


def load(port, path, bodies, headers, seconds):
    """Requests a second and the times of each, from sixteen connections that post without a pause."""
    end = time.perf_counter() + seconds
    times, lock = [], threading.Lock()

    def client(number):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        own, turn = [], number
        while time.perf_counter() < end:
            begin = time.perf_counter()
            connection.request("POST", path, bodies[turn % len(bodies)], headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{answer.status}: {body[:300]}")
            own.append(time.perf_counter() - begin)
            turn += CLIENTS
        with lock:
            times.extend(own)

    begin = time.perf_counter()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / (time.perf_counter() - begin), sorted(times)


def percentile(times, share):
    return times[min(len(times) - 1, int(share * len(times)))]


def compare_predict(arguments):
    bodies = [photograph(seed) for seed in range(32)]
    headers = {"Content-Type": "image/jpeg"}
    sides = [("ours", OURS, "/v1/models/vit/predict"), ("FastAPI + torch", THEIRS, "/predict")]
    results = {name: [] for name, _, _ in sides}
    print(f"| /predict, {CLIENTS} clients, 640 x 480 JPEG | requests/s | p50 | p99 |\n|---|---|---|---|")
    for _ in range(arguments.rounds):
        for name, port, path in sides:
            load(port, path, bodies, headers, 1)
            rate, times = load(port, path, bodies, headers, arguments.seconds)
            results[name].append((rate, percentile(times, 0.99)))
            print(f"| {name} | {rate:.1f} | {percentile(times, 0.5):.2f} s | {percentile(times, 0.99):.2f} s |", flush=True)
    rates = statistics.median(ours[0] / theirs[0] for ours, theirs in zip(results["ours"], results["FastAPI + torch"]))
    tails = statistics.median(ours[1] / theirs[1] for ours, theirs in zip(results["ours"], results["FastAPI + torch"]))
    print(f"\nthroughput, ours / theirs: {rates:.2f}; p99, ours / theirs: {tails:.2f}\n")


def compare_captures(arguments):
    """A different capture from each client, so that sharing a pass means sharing it with strangers."""
    hooks = ["blocks.*.hook_resid_post", "blocks.*.attn.hook_pattern", "blocks.0.mlp.hook_post", "blocks.11.attn.hook_z"]
    picture = photograph(99)
    targets = []
    for client in range(CLIENTS):
        wish = {"capture": [{"hooks": [hooks[client % 4]], "positions": "cls" if client < 8 else [client]}]}
        targets.append("/v1/models/vit/run?request=" + urllib.parse.quote(json.dumps(wish)))
    headers = {"Content-Type": "image/jpeg", "Accept": "application/x-safetensors"}

    def ask(connection, target):
        connection.request("POST", target, picture, headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {body[:300]}")

    print("| 16 requests with different captures | seconds | requests/s |\n|---|---|---|")
    ratios = []
    for _ in range(arguments.rounds):
        connection = http.client.HTTPConnection("127.0.0.1", OURS)
        begin = time.perf_counter()
        for target in targets:
            ask(connection, target)
        single = time.perf_counter() - begin
        connections = [http.client.HTTPConnection("127.0.0.1", OURS) for _ in targets]
        threads = [threading.Thread(target=ask, args=pair) for pair in zip(connections, targets)]
        begin = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        together = time.perf_counter() - begin
        ratios.append(single / together)
        print(f"| one after the other | {single:.2f} | {CLIENTS / single:.1f} |")
        print(f"| at once | {together:.2f} | {CLIENTS / together:.1f} |", flush=True)
    print(f"\none after the other / at once, median: {statistics.median(ratios):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prisma", required=True)
    parser.add_argument("--checkpoint", required=True, help="a folder in timm's layout")
    parser.add_argument("--torch", required=True, help="a Python with torch, timm, fastapi and uvicorn")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    random.seed(0)
    here = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "bench.yaml"
        config.write_text(
            f"server: {{port: {OURS}}}\nmodels: [{{id: vit, path: {Path(arguments.checkpoint).resolve()}}}]\n")
        ours = subprocess.Popen([arguments.prisma, "serve", "--config", str(config)])
        theirs = subprocess.Popen(
            [arguments.torch, str(here / "torch" / "serve.py"), arguments.checkpoint, str(THEIRS)],
            stdout=subprocess.DEVNULL)
        try:
            wait(OURS, "/readyz", ours)
            wait(THEIRS, "/healthz", theirs)
            compare_predict(arguments)
            compare_captures(arguments)
        finally:
            ours.terminate()
            theirs.terminate()


if __name__ == "__main__":
    main()
