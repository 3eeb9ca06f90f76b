"""The patching page."""

import ast
import json
import subprocess
import sys
import tempfile

from browser import Keys
from case import Case
from server import Server

PAGE = "/patching?model=shapes&sample=heart.png&other=square.png"


class Patching(Case):
    @classmethod
    def sweep(cls, fields=None, model="shapes", clean="heart.png", corrupt="square.png"):
        cls.known = getattr(cls, "known", {})
        key = json.dumps([fields, model, clean, corrupt])
        if key not in cls.known:
            pictures = {"clean": cls.sample(cls, clean), "corrupt": cls.sample(cls, corrupt)}
            images = {part: {"image": {"part": part}} for part in pictures}
            cls.known[key] = cls.server.post(
                f"/v1/models/{model}/patching", pictures, {"sweep": {"hook": "resid_pre"}, **images, **(fields or {})})
        return cls.known[key]

    def value(self, answer, row, column, name="metric"):
        tensor = answer["tensors"][name]
        return tensor["data"][row * tensor["shape"][1] + column]

    def flip(self, answer, row, column, axis="position"):
        return next((each for each in answer["flips"] if each["layer"] == row and each[axis] == column), None)

    def check_reading(self, answer, row, column, axis="position"):
        facts = self.browser.facts("#reading")
        self.assertIn(f"layer {row} ", facts["Cell"])
        self.assertShows(facts["Metric"], self.value(answer, row, column))
        self.assertShows(facts["Normalised"], self.value(answer, row, column, "normalised"))
        base = answer["predictions"]["corrupt" if answer["direction"] == "denoise" else "clean"]
        flip = self.flip(answer, row, column, axis)
        self.assertIn((flip["prediction"] if flip else base)["label"], facts["Prediction"])

    def effect(self):
        """Class, probability and logit before and after, as the table says."""
        return self.browser.js("""
            return [...document.querySelectorAll('#effect tbody tr')].map((row) => ({index: Number(row.dataset.index),
              logits: [...row.querySelectorAll('.logit')].map((each) => each.innerText),
              shares: [...row.querySelectorAll('.bar-of')].map((each) => Number(each.style.getPropertyValue('--share')))}))""")

    def check_effect(self, interventions, model="shapes", **more):
        pictures = {"corrupt": self.sample("square.png"), "clean": self.sample("heart.png")}
        image = lambda part: {"image": {"part": part}}
        results = self.server.post(f"/v1/models/{model}/predict", pictures, {
            "inputs": [image("clean"), image("corrupt"), image("corrupt")], "interventions": interventions, **more})["results"]
        before, after = ({each["index"]: each for each in results[place]["top"]} for place in (1, 2))
        shown = self.effect()
        self.assertEqual({each["index"] for each in shown}, set(before))
        self.assertEqual(shown[0]["index"], results[2]["top"][0]["index"])
        for row in shown:
            for place, top in enumerate((before, after)):
                self.assertShows(row["logits"][place], top[row["index"]]["logit"], 3)
                self.assertAlmostEqual(row["shares"][place], top[row["index"]]["probability"], delta=1e-4)

    def test_every_cell_of_a_layer_reads_as_the_server_says(self):
        self.browser.open(f"{PAGE}&layer=1")
        answer = self.sweep()
        for row, column in [(3, 2), (5, 3), (0, 0), (4, 6)]:
            self.browser.hover("#map", (column + 0.5) / 8, (row + 0.5) / 8)
            self.check_reading(answer, 1, 1 + row * 8 + column)
        self.assertIn(f"{answer['baseline_clean']:.4f}", self.browser.text("#note"))
        flips = len(answer["flips"])
        self.assertIn(f"260 cells, {flips} change the answer", self.browser.text("#progress-text"))

    def test_noise_puts_the_corrupt_run_into_the_clean_one(self):
        self.browser.open(f"{PAGE}&direction=noise&layer=3")
        answer = self.sweep({"direction": "noise"})
        self.browser.hover("#prefix button", 0.5, 0.5, "pointerenter")
        self.check_reading(answer, 3, 0)
        shown = self.browser.text("#prefix .cell")
        if self.flip(answer, 3, 0):
            self.assertEqual(shown, self.flip(answer, 3, 0)["prediction"]["emoji"])
        self.assertShows(self.browser.texts("#legend .ends span")[2], max(
            abs(1 - each) for each in answer["tensors"]["normalised"]["data"]), 3)

    def test_a_click_tells_what_one_patch_does_to_the_prediction(self):
        self.browser.open(f"{PAGE}&layer=2")
        self.browser.click("#prefix button")
        self.browser.until("the effect", lambda: self.effect() and not self.browser.is_busy())
        self.assertEqual({name: self.browser.query().get(name) for name in ("layer", "position")}, {"layer": "2", "position": "0"})
        self.check_effect([{"hook": "blocks.2.hook_resid_pre", "op": "copy", "value": {"from_input": 0},
                            "where": {"inputs": [2], "positions": [0]}}])
        self.assertIn("heart", self.browser.text("#effect strong"))
        self.assertIn("interventions", self.browser.text("#command"))
        self.browser.focus("#map")
        self.browser.press(Keys.ESCAPE)
        self.assertNotIn("position", self.browser.query())
        self.assertIn("Click a cell", self.browser.text("#effect"))

    def test_heads_are_walked_with_the_keyboard(self):
        self.browser.open(f"{PAGE}&view=head&hook=v")
        answer = self.sweep({"sweep": {"hook": "v", "over": ["layer", "head"]}})
        self.browser.focus("#heads")
        self.browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
        self.check_reading(answer, 2, 1, "head")
        self.browser.press(Keys.ENTER)
        self.browser.until("the effect", lambda: self.effect() and not self.browser.is_busy())
        self.assertEqual(self.browser.query()["head"], "1")
        self.check_effect([{"hook": "blocks.2.attn.hook_v", "op": "copy", "value": {"from_input": 0},
                            "where": {"inputs": [2], "heads": [1]}}])
        self.assertIn("/attention?model=shapes&sample=heart.png&layer=2&head=1",
                      self.browser.js("return document.querySelector('#onward a').href"))

    def test_results_of_heads_are_patched_too(self):
        self.browser.open(f"{PAGE}&view=head&hook=result&layer=3&head=0")
        self.browser.until("the effect", lambda: self.effect() and not self.browser.is_busy())
        self.check_reading(self.sweep({"sweep": {"hook": "result", "over": ["layer", "head"]}}), 3, 0, "head")
        self.check_effect([{"hook": "blocks.3.attn.hook_result", "op": "copy", "value": {"from_input": 0},
                            "where": {"inputs": [2], "heads": [0]}}], flags=["use_attn_result"])

    def test_the_smallest_flipping_set_is_found_and_shown(self):
        self.browser.open(f"{PAGE}&view=head")
        self.browser.click("#find-set")
        found = self.sweep({"sweep": {"hook": "z", "over": ["layer", "head"]}, "search": True})["search"]
        self.browser.until("the set", lambda: self.browser.texts("#set-cells button"))
        self.assertEqual(self.browser.texts("#set-cells button"), [f"L{each['layer']} H{each['head']}" for each in found["cells"]])
        self.assertIn(found["prediction"]["label"], self.browser.text("#search"))
        self.assertEqual(self.browser.query()["search"], "1")
        self.browser.until("the sweep's end", lambda: not self.browser.is_busy())
        self.browser.click("#show-set")
        self.browser.until("the effect", lambda: self.effect() and not self.browser.is_busy())
        self.check_effect([{"hook": f"blocks.{each['layer']}.attn.hook_z", "op": "copy", "value": {"from_input": 0},
                            "where": {"inputs": [2], "heads": [each["head"]]}} for each in found["cells"]])
        self.assertIn("heart", self.browser.text("#effect strong"))

    def test_the_metric_is_chosen_by_label(self):
        self.browser.open(f"{PAGE}&view=head")
        self.browser.js("const list = document.querySelector('#metric select'); list.value = 'probability';"
                        "list.dispatchEvent(new Event('change'))")
        self.browser.until("the probability", lambda: self.browser.text("#note").startswith("Probability of heart"))
        field = self.browser.find("#metric-class-0")
        field.clear()
        field.send_keys("ellipse", Keys.ENTER)
        self.browser.until("the other class", lambda: self.browser.text("#note").startswith("Probability of ellipse"))
        self.browser.until("the sweep's end", lambda: not self.browser.is_busy())
        self.assertEqual((self.browser.query()["metric"], self.browser.query()["classes"]), ("probability", "1"))
        answer = self.sweep({"sweep": {"hook": "z", "over": ["layer", "head"]}, "metric": {"kind": "probability", "classes": [1]}})
        self.browser.focus("#heads")
        self.browser.press(Keys.ARROW_DOWN)
        self.assertShows(self.browser.facts("#reading")["Metric"], self.value(answer, 0, 0))
        field.clear()
        field.send_keys("elipse", Keys.ENTER)
        self.assertIn("No class is called “elipse”", self.browser.text("#metric-message"))

    def test_a_link_restores_the_view(self):
        self.browser.open(f"{PAGE}&hook=mlp_out&layer=1&position=20&values=metric&opacity=40&direction=noise")
        self.browser.until("the effect", self.effect)
        shown = lambda: (self.browser.text("#inspector").split("Time")[0],
                         self.browser.js("return document.getElementById('map').toDataURL()"))
        before = shown()
        self.browser.open(self.browser.js("return location.pathname + location.search"))
        self.browser.until("the effect", self.effect)
        self.assertEqual(shown(), before)

    def test_the_pictures_are_chosen_and_exchanged(self):
        self.browser.open("/patching?model=shapes&sample=heart.png")
        self.browser.click(".slot:nth-of-type(3)")
        self.browser.click("#samples button[value='ellipse.png']")
        self.browser.until("the ellipse", lambda: "ellipse" in self.browser.text("#corrupt-answer"))
        self.assertEqual(self.browser.query(), {"model": "shapes", "sample": "heart.png", "other": "ellipse.png"})
        self.browser.click("#swap")
        self.browser.until("the exchange", lambda: "ellipse" in self.browser.text("#clean-answer"))
        self.assertIn("heart", self.browser.text("#corrupt-answer"))
        self.assertEqual(self.browser.query(), {"model": "shapes", "sample": "ellipse.png", "other": "heart.png"})
        self.browser.until("the sweep's end", lambda: not self.browser.is_busy())

    def test_a_large_sweep_shows_progress_and_stops(self):
        self.browser.open("/patching?model=random&sample=egg.jpg", None)
        many = lambda: self.browser.js("return Number(document.getElementById('progress')?.value ?? 0)")
        self.browser.until("some cells", lambda: many() > 20, 60)
        self.assertEqual(self.browser.js("return document.body.dataset.sweep"), "running")
        self.browser.click("#stop")
        at = many()
        self.assertLess(at, 12 * 197)
        self.assertEqual(self.browser.js("return document.body.dataset.sweep"), "stopped")
        self.assertRegex(self.browser.text("#progress-text"), r"^stopped after [\d,]+ of 2,364 cells$")
        self.assertEqual(self.browser.text("#stop"), "Go again")
        self.browser.hover("#map", 13.5 / 14, 13.5 / 14)
        self.assertEqual(many(), at)
        self.server.post("/v1/models/shapes/predict", self.sample("egg.jpg"))      # the batch that ran is finished first

    def test_pages_of_a_clip_are_about_texts(self):
        self.browser.open("/patching?model=clip&sample=heart.png&view=head")
        self.assertIn("Write a text instead", self.browser.text("#metric-message"))
        self.browser.open("/patching?model=clip&sample=heart.png&view=head&metric=logit_difference&classes=cat|dog&layer=1&head=2")
        self.browser.until("the effect", lambda: self.effect() and not self.browser.is_busy())
        answer = self.sweep({"sweep": {"hook": "z", "over": ["layer", "head"]},
                             "metric": {"kind": "logit_difference", "classes": ["cat", "dog"]}}, "clip")
        self.check_reading(answer, 1, 2, "head")
        self.check_effect([{"hook": "blocks.1.attn.hook_z", "op": "copy", "value": {"from_input": 0},
                            "where": {"inputs": [2], "heads": [2]}}], "clip", labels=["cat", "dog"], templates=["{}"])
        field = self.browser.find("#metric-class-1")
        field.clear()
        field.send_keys("cat dog", Keys.ENTER)
        self.browser.until("the new text", lambda: "cat dog" in self.browser.text("#note"))
        self.assertEqual(self.browser.query()["classes"], "cat|cat dog")
        self.browser.until("the end", lambda: not self.browser.is_busy())

    def test_models_without_class_token_or_classifier_are_patched(self):
        self.browser.open("/patching?model=no-class-token&sample=heart.png&layer=1")
        self.assertEqual(self.browser.texts("#prefix button"), [])
        self.browser.hover("#map", 1.5 / 4, 2.5 / 4)
        self.check_reading(self.sweep(None, "no-class-token"), 1, 2 * 4 + 1)
        self.browser.open("/patching?model=headless&sample=heart.png&layer=1&position=6")
        self.check_reading(self.sweep(None, "headless"), 1, 6)
        self.assertIn("no classifier", self.browser.text("#effect"))


    def test_the_command_gives_the_answer_that_is_shown(self):
        self.browser.open(f"{PAGE}&layer=2&position=0")
        self.browser.until("the effect", lambda: self.effect() and not self.browser.is_busy())
        with tempfile.TemporaryDirectory() as folder:
            answer = subprocess.run(["bash", "-c", self.browser.js("return document.getElementById('command').textContent")],
                                    cwd=folder, capture_output=True, check=True, text=True).stdout
            script = self.browser.js("""
                return import('/assets/shared/commands.js').then(async ({pythonCommand}) => {
                  const {Question} = await import('/assets/patching/sweep.js');
                  const file = (name) => ({file: new File([], name, {type: 'image/png'}), sample: name});
                  const question = new Question({...file('heart.png'), other: file('square.png'), grid: {prefix: 1, tokens: 65},
                    detail: {id: 'shapes', config: {n_layers: 4, n_heads: 4}}},
                    {view: 'position', hook: 'resid_pre', direction: 'denoise', metric: null});
                  return pythonCommand(question.prediction([{layer: 2, position: 0}]));
                })""")
            printed = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, check=True, text=True).stdout
        top = json.loads(answer)["results"][2]["top"]
        self.assertEqual(top, ast.literal_eval(printed)["results"][2]["top"])
        self.assertEqual([each["index"] for each in self.effect()], [each["index"] for each in top])
        for row, each in zip(self.effect(), top):
            self.assertShows(row["logits"][1], each["logit"], 3)


class PatchingErrors(Case):
    expects_console_errors = True

    def test_a_server_that_stops_during_a_sweep_is_told(self):
        server = Server(self.program, self.work, {"random": self.models["random"]})
        try:
            self.browser.driver.get(f"{server.address}/patching?model=random&sample=egg.jpg")
            self.browser.until("some cells", lambda: self.browser.js("return document.getElementById('progress')?.value > 1"), 60)
            server.process.kill()
            self.browser.until("the failure", lambda: self.browser.js("return !document.getElementById('sweep-failure').hidden"))
            self.assertIn("The answer broke off", self.browser.text("#sweep-failure"))
            self.assertEqual(self.browser.text("#stop"), "Go again")
        finally:
            server.stop()

    def test_a_text_that_cannot_be_read_leaves_what_was_shown(self):
        self.browser.open("/patching?model=clip&sample=heart.png&view=head&metric=logit&classes=cat")
        field = self.browser.find("#metric-class-0")
        field.clear()
        field.send_keys("x" * 1025, Keys.ENTER)       # longer than a label may be
        self.browser.until("the complaint", lambda: self.browser.text("#metric-message") and not self.browser.is_busy())
        self.assertEqual(self.browser.state(), "result")
        self.assertEqual(self.browser.query()["classes"], "cat")
        self.assertEqual(self.browser.js("return document.getElementById('metric-class-0').value"), "cat")

    def test_another_model_is_measured_by_its_own_classes(self):
        self.browser.open(f"{PAGE}&view=head&metric=logit&classes=1")
        self.browser.js("const list = document.getElementById('model'); list.value = 'no-class-token';"
                        "list.dispatchEvent(new Event('change'))")
        self.browser.until("the other model", lambda: self.browser.query()["model"] == "no-class-token"
                           and "class" in self.browser.text("#clean-answer") and not self.browser.is_busy())
        self.assertNotIn("metric", self.browser.query())

    def test_what_the_model_does_not_have_is_told_in_the_servers_words(self):
        self.browser.open(f"{PAGE}&metric=logit&classes=77", "failure")
        self.assertIn("there is no class 77", self.browser.text("#failure"))
        self.browser.open("/patching?model=shapes&sample=heart.png&other=nothing.png", "failure")
        self.assertIn("nothing.png", self.browser.text("#failure-detail"))
