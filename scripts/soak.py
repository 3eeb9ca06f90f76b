"""Sends many requests to a server of its own and watches the server's memory. Standard library only.

    python3 scripts/soak.py PRISMA CONFIG [--healthz 100000] [--predict 2000] [--growth-mib 16]

Prints a line a stage and exits 1 where the resident memory grew by more than is allowed after the warm-up.
"""

import argparse
import http.client
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

CLIENTS = 4


def resident_mib(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


def start(prisma, config):
    process = subprocess.Popen(
        [prisma, "serve", "--config", config, "--port", "0"], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if found := re.search(r"listening on http://(\S+):(\d+)", line):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, found[1], int(found[2])
    sys.exit("soak: the server did not start")


def send(host, port, count, method, path, body=None, headers=None):
    """`count` requests over CLIENTS connections that stay open; any other status than 200 ends the soak."""
    wrong = []

    def client(share):
        connection = http.client.HTTPConnection(host, port)
        for _ in range(share):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                wrong.append(answer.status)
                return
        connection.close()

    threads = [threading.Thread(target=client, args=(count // CLIENTS,)) for _ in range(CLIENTS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        sys.exit(f"soak: {method} {path} answered {wrong[0]}")
    return time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prisma")
    parser.add_argument("config")
    parser.add_argument("--healthz", type=int, default=100_000)
    parser.add_argument("--predict", type=int, default=2_000)
    parser.add_argument("--growth-mib", type=float, default=16)
    arguments = parser.parse_args()

    samples = Path(__file__).parents[1] / "public" / "assets" / "samples"
    picture = sorted(samples.glob("*.png"))[0].read_bytes()
    process, host, port = start(arguments.prisma, arguments.config)
    failed = False
    try:
        while True:
            connection = http.client.HTTPConnection(host, port)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                break
            time.sleep(0.1)
        stages = [
            ("/healthz", arguments.healthz, ("GET", "/healthz")),
            ("/predict", arguments.predict,
             ("POST", "/v1/models/shapes/predict", picture, {"Content-Type": "image/png"})),
        ]
        for name, count, request in stages:
            send(host, port, count // 10, *request)  # warms up
            before = resident_mib(process)
            seconds = send(host, port, count, *request)
            after = resident_mib(process)
            print(f"{name}: {count} requests in {seconds:.1f} s, resident {before:.1f} -> {after:.1f} MiB", flush=True)
            failed |= after - before > arguments.growth_mib
    finally:
        process.terminate()
        code = process.wait(30)
    print(f"exit code after SIGTERM: {code}")
    sys.exit(1 if failed or code != 0 else 0)


if __name__ == "__main__":
    main()
