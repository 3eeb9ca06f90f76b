"""Waiting for a server that has just been started."""

import time
import urllib.request


def wait(port, path="/healthz", process=None, seconds=60):
    """Until the path answers; ends the program where the server has ended, or after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise SystemExit(f"the server on port {port} has ended")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")
