"""The server under test: the demo model, a random one of the usual largest shape, and this project's pages."""

import json
import pathlib
import re
import subprocess
import time
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "public/assets/samples"


class Server:
    """Runs `prisma serve` until `stop`, on a free port or on one that was free before."""

    def __init__(self, program, folder, models, port=0):
        configuration = {
            "server": {"host": "127.0.0.1", "port": port, "public": str(ROOT / "public")},
            "models": [{"id": name, "path": str(path)} for name, path in models.items()],
        }
        name = folder / f"{uuid.uuid4().hex}.yaml"
        name.write_text(json.dumps(configuration))   # JSON is YAML
        self.log = name.with_suffix(".log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([program, "serve", "--config", name], stdout=log, stderr=log)
        try:
            self.address = self._address()
            self._wait()
        except BaseException:
            self.stop()
            raise
        finally:
            name.unlink()

    def _address(self):
        for _ in range(200):
            found = re.search(r"127\.0\.0\.1:(\d+)", self.log.read_text())
            if found and found[1] != "0":
                return f"http://127.0.0.1:{found[1]}"
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"the server did not start:\n{self.log.read_text()}")

    def _wait(self):
        for _ in range(400):
            try:
                with urllib.request.urlopen(f"{self.address}/readyz") as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit(f"the server did not become ready:\n{self.log.read_text()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def get(self, path):
        with urllib.request.urlopen(self.address + path) as answer:
            return json.load(answer)

    def post(self, path, file, fields=None):
        """Posts a picture, or several by the names of their parts, with fields beside them; the answer's JSON."""
        border = uuid.uuid4().hex
        type = lambda each: "image/jpeg" if each.suffix in (".jpg", ".jpeg") else "image/png"
        files = file if isinstance(file, dict) else {"image": file}
        parts = [
            *(f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n'
              f'Content-Type: {type(each)}\r\n\r\n'.encode() + each.read_bytes() for name, each in files.items()),
            f'--{border}\r\nContent-Disposition: form-data; name="request"\r\n\r\n{json.dumps(fields or {})}'.encode(),
            f"--{border}--\r\n".encode(),
        ]
        request = urllib.request.Request(
            self.address + path, data=b"\r\n".join(parts),
            headers={"Content-Type": f"multipart/form-data; boundary={border}"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
