"""The API page: complete, filled with what is chosen, and what it lets one copy runs."""

import json
import subprocess
import sys

from case import Case

PAGE = "/api?model=shapes&sample=heart.png"


class APIPage(Case):
    def copied(self, article, name):
        """What the button copies, as it stands on the page."""
        self.browser.js(
            "navigator.clipboard.writeText = async () => {};"
            "[...document.querySelectorAll(`#${arguments[0]} button`)].find((each) => each.innerText === arguments[1]).click()",
            article, name)
        self.browser.frame()
        return self.browser.js("return document.querySelector(`#${arguments[0]} .trial pre`).textContent", article)

    def test_every_endpoint_and_field_is_there(self):
        self.browser.open(PAGE)
        document = self.server.get("/openapi.json")
        expected = [f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods]
        shown = [" ".join(text.split()) for text in self.browser.texts("article h3")]
        self.assertEqual(sorted(shown), sorted(expected))
        fields = document["components"]["schemas"]["AttentionRequest"]["properties"]
        text = self.browser.js("return document.getElementById('post-v1-models-model-attention').textContent")
        for name, schema in fields.items():
            self.assertIn(name, text)
            self.assertIn(schema.get("description", "")[:40].split("`")[0], text)
            if "default" in schema:
                self.assertIn(f"default {json.dumps(schema['default'], separators=(',', ':'))}", text)

    def test_trying_shows_status_time_and_body(self):
        self.browser.open(PAGE)
        self.browser.click("#post-v1-models-model-predict .try")
        self.browser.until("the answer", lambda: self.browser.text("#post-v1-models-model-predict .status").startswith("200"))
        self.assertRegex(self.browser.text("#post-v1-models-model-predict .status"), r"200.*ms · .*B · application/json")
        self.assertIn('"label": "heart"', self.browser.text("#post-v1-models-model-predict .body"))

    def test_large_bodies_are_shortened(self):
        self.browser.open(PAGE)
        self.browser.click("#post-v1-models-model-activations .try")
        body = self.browser.until("the answer", lambda: self.browser.text("#post-v1-models-model-activations .body"))
        self.assertIn("… 16,892 more", body)
        self.assertLess(len(body), 4000)

    def test_the_copied_curl_command_runs(self):
        self.browser.open(PAGE)
        command = self.copied("post-v1-models-model-logit-lens", "Copy as curl")
        ran = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
        self.assertEqual(json.loads(ran.stdout)["top"][0][-1][0][0]["label"], "heart")
        command = self.copied("get-v1-models-model-hooks", "Copy as curl")
        ran = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
        self.assertIn("hook_embed", ran.stdout.decode())

    def test_the_copied_python_runs(self):
        self.browser.open(PAGE)
        code = self.copied("post-v1-models-model-run", "Copy as Python")
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn("blocks.0.hook_resid_post", ran.stdout)

    def test_the_commands_of_the_other_pages_run(self):
        for page in ("/attention", "/logit-lens"):
            self.browser.open(f"{page}?model=shapes&sample=heart.png")
            self.browser.js("navigator.clipboard.writeText = async () => {}")
            for button in self.browser.all(".copies"):
                is_curl = button.text == "Copy as curl"
                button.click()
                self.browser.frame()
                text = self.browser.js("return document.getElementById('command').textContent")
                command = ["bash", "-c", text] if is_curl else [sys.executable, "-c", text]
                ran = subprocess.run(command, capture_output=True, text=True, cwd=self.work)
                self.assertEqual(ran.returncode, 0, ran.stderr)
                if is_curl:
                    self.assertEqual((self.work / "answer.npz").read_bytes()[:2], b"PK")
                    (self.work / "answer.npz").unlink()


class APIPageErrors(Case):
    expects_console_errors = True

    def test_a_refusal_is_shown_with_its_status_and_words(self):
        self.browser.open(PAGE)
        self.browser.js("const field = document.getElementById('post-v1-models-model-attention-fields');"
                        "field.value = '{\"layers\": [99]}'; field.dispatchEvent(new Event('input'))")
        self.browser.click("#post-v1-models-model-attention .try")
        self.browser.until("the refusal", lambda: self.browser.text("#post-v1-models-model-attention .status").startswith("400"))
        self.assertIn("99", self.browser.text("#post-v1-models-model-attention .body"))
