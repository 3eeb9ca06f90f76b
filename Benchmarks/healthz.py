"""wrk against /healthz of the server and of the bare Dispatch program, by turns; prints requests a second and the ratio.

    python3 healthz.py --bare BARE --prisma PRISMA [--rounds 3] [--seconds 5]
"""

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

from waiting import wait

CONFIG = "server: {host: 127.0.0.1, port: 9081}\nmodels: []\n"


def wrk(port, seconds):
    command = ["wrk", "-c", "64", "-t", "1", "-d", f"{seconds}s", "--latency", f"http://127.0.0.1:{port}/healthz"]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    p99 = re.search(r"99%\s+(\S+)", text)[1]
    errors = re.search(r"(Socket errors:.*|Non-2xx.*)", text)
    return rate, p99, errors[0] if errors else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--prisma", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "bench.yaml"
        config.write_text(CONFIG)
        servers = {
            "bare Dispatch": (9080, subprocess.Popen([arguments.bare, "9080"])),
            "prisma": (9081, subprocess.Popen([arguments.prisma, "serve", "--config", str(config)])),
        }
        try:
            rates = {name: [] for name in servers}
            print("| /healthz, wrk -c 64 | requests/s | p99 |\n|---|---|---|")
            for _ in range(arguments.rounds):
                for name, (port, _) in servers.items():
                    wait(port)
                    rate, p99, errors = wrk(port, arguments.seconds)
                    rates[name].append(rate)
                    print(f"| {name} | {rate:.0f} | {p99} {errors} |", flush=True)
            ratios = sorted(ours / bare for ours, bare in zip(rates["prisma"], rates["bare Dispatch"]))
            print(f"\nprisma / bare, median of {arguments.rounds}: {ratios[len(ratios) // 2]:.2f}")
        finally:
            for _, process in servers.values():
                process.terminate()


if __name__ == "__main__":
    main()
