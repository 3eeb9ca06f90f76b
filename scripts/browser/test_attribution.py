"""The attribution page."""

from browser import Keys
from case import Case

PAGE = "/attribution?model=shapes&sample=egg.jpg"


class Attribution(Case):
    def answer(self, by, metric=None, model="shapes", **more):
        metric = metric or {"kind": "logit", "classes": [1]}
        return self.server.post(f"/v1/models/{model}/attribution", self.sample("egg.jpg"), {"by": by, "metric": metric, **more})

    def bars(self):
        return self.browser.js("""
            return [...document.querySelectorAll('#account li')].map((row) => ({name: row.dataset.name, value: Number(row.dataset.value),
              shown: row.querySelector('.number').innerText, left: Number(row.querySelector('.track').style.getPropertyValue('--left')),
              width: Number(row.querySelector('.track').style.getPropertyValue('--width'))}))""")

    def check_sum(self, answer):
        """The bars add up to the value, each from where the last one ended."""
        bars = self.bars()
        self.assertEqual([each["name"] for each in bars[-3:]], ["constant", "residue", "value"])
        self.assertAlmostEqual(sum(each["value"] for each in bars[:-1]), bars[-1]["value"], delta=2e-5)
        self.assertAlmostEqual(bars[-1]["value"], answer["value"][0], delta=1e-5)
        for each in bars:
            self.assertShows(each["shown"].replace("+", ""), each["value"])
        span = bars[-1]["width"] / abs(bars[-1]["value"])
        for each in bars:
            self.assertAlmostEqual(each["width"], abs(each["value"]) * span, delta=1e-6)
        for one, other in zip(bars, bars[1:-1]):
            end = one["left"] + (one["width"] if one["value"] > 0 else 0)
            begin = other["left"] + (0 if other["value"] > 0 else other["width"])
            self.assertAlmostEqual(end, begin, delta=1e-6)
        sums = self.browser.facts("#sums")
        self.assertShows(sums["Value"], answer["value"][0], 6)
        self.assertShows(sums["Sum of the parts"], answer["sum"][0], 6)
        self.assertShows(sums["Constant"], answer["constant"][0], 6)
        return bars

    def test_layers_and_components_are_the_servers_and_add_up(self):
        for by in ("layer", "component"):
            self.browser.open(f"{PAGE}&by={by}")
            answer = self.answer(by)
            bars = self.check_sum(answer)
            self.assertEqual([each["name"] for each in bars[:-3]], answer["labels"])
            for each, score in zip(bars, answer["tensors"]["scores"]["data"]):
                self.assertAlmostEqual(each["value"], score, delta=1e-5)
        self.browser.open(f"{PAGE}&by=component&order=size")
        sizes = [abs(each["value"]) for each in self.bars()[:-3]]
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_heads_stand_in_a_table_and_their_layers_add_up(self):
        self.browser.open(f"{PAGE}&by=head")
        answer = self.answer("head")
        bars = self.check_sum(answer)
        scores = answer["tensors"]["scores"]["data"]
        values = {each["name"]: each["value"] for each in bars}
        for layer in range(4):
            self.assertAlmostEqual(values[f"L{layer} heads"], sum(scores[layer * 4:layer * 4 + 4]), delta=1e-5)
        for label, value in zip(answer["other_labels"], answer["others"][0]):
            self.assertAlmostEqual(values[label], value, delta=1e-6)
        self.assertEqual(list(values)[:5], ["embed", "pos_embed", "L0 heads", "0_mlp_out", "L1 heads"])
        self.browser.focus("#heads")
        self.browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        self.assertShows(self.browser.facts("#reading")["Says"], scores[4 + 2], 6)
        self.browser.press(Keys.ENTER)
        self.assertEqual((self.browser.query()["layer"], self.browser.query()["head"]), ("1", "2"))
        self.assertIn("/attention?model=shapes&sample=egg.jpg&layer=1&head=2",
                      self.browser.js("return document.querySelector('#onward a').href"))

    def test_neurons_are_the_strongest_and_the_rest(self):
        self.browser.open(f"{PAGE}&by=neuron")
        answer = self.answer("neuron", top_k=16)
        bars = self.check_sum(answer)
        self.assertEqual([each["name"] for each in bars[:16]], [each["label"] for each in answer["top"][0]])
        self.assertEqual(bars[16]["name"], f"{4 * 256 - 16} others")

    def test_positions_lie_over_the_picture(self):
        self.browser.open(f"{PAGE}&by=position")
        answer = self.answer("position")
        scores = answer["tensors"]["scores"]["data"]
        bars = self.check_sum(answer)
        self.assertAlmostEqual(bars[0]["value"], scores[0], delta=1e-5)
        for row, column in [(2, 3), (3, 2), (7, 7)]:
            self.browser.hover("#map", (column + 0.5) / 8, (row + 0.5) / 8)
            facts = self.browser.facts("#reading")
            self.assertEqual(facts["Part"], f"patch {row * 8 + column} · row {row}, column {column}")
            self.assertShows(facts["Says"], scores[1 + row * 8 + column], 6)
        self.assertShows(self.browser.texts("#legend .ends span")[2], max(abs(each) for each in scores[1:]), 3)

    def test_patch_heat_lies_over_the_picture_of_every_view(self):
        self.browser.open(PAGE)
        scores = self.answer("position")["tensors"]["scores"]["data"]
        self.browser.hover("#seen", 3.5 / 8, 2.5 / 8)
        self.assertShows(self.browser.facts("#reading")["Says"], scores[1 + 2 * 8 + 3], 6)
        pixels = lambda: self.browser.js("return document.getElementById('seen').toDataURL()")
        with_heat = pixels()
        self.browser.click("#heat")
        self.assertNotEqual(pixels(), with_heat)

    def test_a_difference_of_classes_is_chosen_by_label(self):
        self.browser.open(f"{PAGE}&by=component")
        self.browser.js("const list = document.querySelector('#metric select'); list.value = 'logit_difference';"
                        "list.dispatchEvent(new Event('change'))")
        self.browser.until("the difference", lambda: self.browser.text("#account-title").startswith("Logit of ellipse − logit of"))
        field = self.browser.find("#metric-class-1")
        field.clear()
        field.send_keys("heart", Keys.ENTER)
        self.browser.until("the other class", lambda: "logit of heart" in self.browser.text("#account-title"))
        self.assertEqual((self.browser.query()["metric"], self.browser.query()["classes"]), ("logit_difference", "1|2"))
        self.check_sum(self.answer("component", {"kind": "logit_difference", "classes": [1, 2]}))

    def test_the_norm_of_vit_prisma_shows_what_it_leaves_over(self):
        self.browser.open(f"{PAGE}&norm=prisma")
        answer = self.answer("layer", norm="prisma")
        self.check_sum(answer)
        self.assertGreater(abs(answer["residue"][0]), 1e-3)
        self.assertShows(self.browser.facts("#sums")["Residue"], answer["residue"][0])

    def test_the_keyboard_walks_the_bars_and_a_link_restores_the_view(self):
        self.browser.open(f"{PAGE}&by=component")
        self.browser.focus("#account li:nth-child(3) button")
        self.browser.press(Keys.TAB, Keys.ENTER)
        self.assertEqual(self.browser.query()["part"], "0_mlp_out")
        self.assertEqual(self.browser.facts("#reading")["Part"], "0_mlp_out")
        before = self.browser.text("#inspector").split("Time")[0]
        self.browser.open(self.browser.js("return location.pathname + location.search"))
        self.assertEqual(self.browser.text("#inspector").split("Time")[0], before)

    def test_models_of_every_kind_are_attributed(self):
        for model in ("no-class-token", "headless", "clip"):
            for by in ("head", "position"):
                self.browser.open(f"/attribution?model={model}&sample=egg.jpg&by={by}&metric=logit&classes=2")
                self.check_sum(self.answer(by, {"kind": "logit", "classes": [2]}, model))
        self.browser.open("/attribution?model=clip&sample=egg.jpg")
        self.assertIn("Write a text instead", self.browser.text("#metric-message"))
        field = self.browser.find("#metric-class-0")
        field.clear()
        field.send_keys("cat", Keys.ENTER)
        self.browser.until("the text", lambda: self.browser.text("#account-title").startswith("Logit of cat"))
        self.check_sum(self.answer("layer", {"kind": "logit", "classes": ["cat"]}, "clip"))
