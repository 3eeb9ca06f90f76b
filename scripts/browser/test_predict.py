"""The start page."""

from browser import Keys
from case import Case


class Predict(Case):
    def check_numbers(self, name):
        self.browser.open(f"/?model=shapes&sample={name}")
        top = self.server.post("/v1/models/shapes/predict", self.sample(name))["results"][0]["top"]
        rows = self.browser.js(
            "return [...document.querySelectorAll('#bars li')].map((row) => ({index: Number(row.dataset.index),"
            " label: row.querySelector('.label').innerText, probability: row.querySelector('.probability').innerText,"
            " logit: row.querySelector('.logit').innerText, emoji: row.querySelector('.emoji').innerText,"
            " share: row.querySelector('.fill').getBoundingClientRect().width / row.querySelector('.track').clientWidth}))")
        self.assertEqual([(row["index"], row["label"], row["emoji"]) for row in rows],
                         [(each["index"], each["label"], each["emoji"]) for each in top])
        for row, each in zip(rows, top):
            self.assertShows(row["probability"], each["probability"])
            self.assertShows(row["logit"].removeprefix("logit "), each["logit"], 3)
            self.assertAlmostEqual(row["share"], each["probability"], delta=0.01)
        self.assertIn(top[0]["label"], self.browser.text("#best"))

    def test_numbers_of_a_drawing_are_the_servers(self):
        self.check_numbers("heart.png")

    def test_numbers_of_a_photograph_are_the_servers(self):
        self.check_numbers("egg.jpg")

    def test_the_picture_is_made_of_the_pixels_that_the_model_got(self):
        self.browser.open("/?model=shapes&sample=egg.jpg")
        self.browser.click("#grid")
        answer = self.server.post("/v1/models/shapes/run", self.sample("egg.jpg"),
                                  {"capture": [{"hooks": ["pixel_values"]}], "stop_at_layer": 0})
        pixels = answer["tensors"]["pixel_values"]["data"]
        for row, column in [(5, 9), (20, 30), (33, 31), (50, 60)]:
            shown = self.browser.js("""
                const canvas = document.getElementById('seen'), [row, column] = arguments, step = canvas.width / 64;
                return [...canvas.getContext('2d').getImageData((column + .5) * step, (row + .5) * step, 1, 1).data]""", row, column)
            for channel in range(3):
                expected = (pixels[channel * 4096 + row * 64 + column] * 0.5 + 0.5) * 255
                self.assertAlmostEqual(shown[channel], expected, delta=1)

    def test_arrows_walk_over_patches_and_the_address_keeps_a_pinned_one(self):
        self.browser.open("/?model=shapes&sample=heart.png")
        self.browser.focus("#seen")
        self.browser.press(Keys.ARROW_RIGHT)
        self.assertEqual(self.browser.text("#patch"), "patch 0 · row 0, column 0")
        self.browser.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        self.assertEqual(self.browser.text("#patch"), "patch 17 · row 2, column 1")
        self.browser.press(Keys.ENTER)
        self.assertEqual(self.browser.query()["patch"], "18")
        self.browser.open("/?model=shapes&sample=heart.png&patch=18")
        self.assertEqual(self.browser.text("#patch"), "patch 17 · row 2, column 1")
        self.browser.focus("#seen")
        self.browser.press(Keys.ESCAPE)
        self.assertIn("8 × 8 patches of 8", self.browser.text("#patch"))
        self.assertNotIn("patch", self.browser.query())

    def test_a_clip_is_asked_with_the_labels_that_stand_in_the_field(self):
        self.browser.open("/?model=clip&sample=heart.png&labels=a+cat,a+dog,+a+heart")
        answer = self.server.post("/v1/models/clip/predict", self.sample("heart.png"), {"labels": ["a cat", "a dog", "a heart"]})
        shown = lambda: self.browser.texts("#bars .label")
        self.assertEqual(shown(), [each["label"] for each in answer["results"][0]["top"]])
        self.browser.js("document.getElementById('labels').value = 'one, two'")
        self.browser.focus("#labels")
        self.browser.press(Keys.ENTER)
        self.browser.until("two bars", lambda: sorted(shown()) == ["one", "two"])
        self.assertEqual(self.browser.query()["labels"], "one, two")
        self.browser.open("/?model=shapes&sample=heart.png")
        self.assertFalse(self.browser.find("#labels-form").is_displayed(), "a model with classes of its own")

    def test_first_paint_comes_within_300_ms(self):
        times = []
        for _ in range(3):
            self.browser.open("/", "empty")
            times.append(self.browser.js(
                "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity"))
        print(f"        first contentful paint: {', '.join(f'{each:.0f}' for each in times)} ms")
        self.assertLess(min(times), 300)

    def test_the_empty_page_says_what_it_shows_and_offers_a_sample(self):
        self.browser.open("/?model=shapes", "empty")
        self.assertIn("vision transformer", self.browser.text("#empty"))
        self.browser.click("#try")
        self.browser.until("the heart's prediction", lambda: "heart" in self.browser.text("#best"))
        self.assertEqual(self.browser.query(), {"model": "shapes", "sample": "heart.png"})
