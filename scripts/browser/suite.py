"""Runs the browser tests. Called by `scripts/browser/run`."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import clip_model
from browser import Browser
from case import Case
from server import ROOT, Server


class Lines(unittest.TestResult):
    """A line a test, with its time; the failures in full at the end."""

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def stopTest(self, test):
        bad = [text for each, text in self.failures + self.errors if each is test]
        word = "FAILED" if bad else "skipped" if any(each is test for each, _ in self.skipped) else "passed"
        print(f"{word:7} {time.monotonic() - self.began:5.1f} s  {test.id()}", flush=True)
        super().stopTest(test)


def main():
    program, folder, part = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]), sys.argv[3]
    work = pathlib.Path(tempfile.mkdtemp(prefix="prisma-browser-"))
    random = work / "random"
    subprocess.run([sys.executable, ROOT / "scripts/browser/random_vit.py", random], check=True)
    Case.program, Case.work, Case.shots = program, work, folder
    fixtures = ROOT / "Tests/Fixtures/models"
    Case.models = {
        "shapes": ROOT / "config/demo/shapes", "random": random,
        "clip": clip_model.write(fixtures / "hf_clip/checkpoint", work / "clip"),
        "headless": fixtures / "hf_vit_model/checkpoint", "no-class-token": fixtures / "timm_vit_gap/checkpoint"}
    Case.server = Server(program, work, Case.models)
    Case.browser = None
    result = Lines()
    began = time.monotonic()
    try:
        Case.browser = Browser(Case.server.address)
        suite = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent), "test_*.py")
        every = [test for group in suite for case in group for test in (case if hasattr(case, "__iter__") else [case])]
        chosen = [test for test in every if part.lower() in test.id().lower()]
        unittest.TestSuite(chosen).run(result)
    finally:
        if Case.browser:
            Case.browser.quit()
        Case.server.stop()
        if result.wasSuccessful():
            shutil.rmtree(work)
        else:
            print(f"the server's log: {Case.server.log}")
    for test, text in result.failures + result.errors:
        print(f"\n{test.id()}\n{text}")
    failed = len({test.id() for test, _ in result.failures + result.errors})
    print(f"in {time.monotonic() - began:.0f} s; screenshots in {folder}")
    for test, reason in result.skipped:
        print(f"skipped {test.id()}: {reason}")
    passed = result.testsRun - failed - len(result.skipped)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
