"""The logit lens page."""

from browser import Keys
from case import Case

PAGE = "/logit-lens?model=shapes&sample=egg.jpg"


class LogitLens(Case):
    @classmethod
    def setUpClass(cls):
        cls.answer = cls.server.post("/v1/models/shapes/logit-lens", cls.sample(cls, "egg.jpg"))

    def check_top(self, stream, token, answer=None):
        shown = self.browser.js(
            "return [...document.querySelectorAll('#best-five li')].map((row) => [Number(row.dataset.index),"
            " row.querySelectorAll('.number')[1].innerText])")
        top = (answer or self.answer)["top"][0][stream][token]
        self.assertEqual([index for index, _ in shown], [each["index"] for each in top])
        for (_, logit), each in zip(shown, top):
            self.assertShows(logit, each["logit"], 3)

    def test_the_top_five_of_a_patch_are_the_servers(self):
        self.browser.open(PAGE)
        self.check_top(4, 0)
        for stream, row, column in [(0, 0, 0), (2, 3, 4), (4, 7, 7)]:
            self.browser.js("const slider = document.getElementById('stream'); slider.value = arguments[0];"
                            "slider.dispatchEvent(new Event('input'))", stream)
            self.browser.hover("#map", (column + 0.5) / 8, (row + 0.5) / 8)
            self.assertIn(self.answer["labels"][stream], self.browser.text("#reading-title"))
            self.check_top(stream, 1 + row * 8 + column)

    def test_dimensions_of_an_embedding_have_no_probabilities(self):
        self.browser.open("/logit-lens?model=clip&sample=egg.jpg")
        rows = self.browser.js(
            "return [...document.querySelectorAll('#best-five li')].map((row) => [row.children[1].innerText,"
            " row.querySelectorAll('.number')[0].innerText])")
        self.assertEqual(len(rows), 5)
        for name, probability in rows:
            self.assertTrue(name.startswith("dimension "), name)
            self.assertEqual(probability, "")

    def test_norm_and_component_ask_anew(self):
        for norm, component in [("final_scale", "resid_pre"), ("own", "mlp_out")]:
            self.browser.open(f"{PAGE}&norm={norm}&component={component}")
            answer = self.server.post("/v1/models/shapes/logit-lens", self.sample("egg.jpg"),
                                      {"norm": norm, "component": component})
            self.check_top(len(answer["labels"]) - 1, 0, answer)

    def test_the_last_stream_of_the_class_token_is_the_prediction(self):
        self.browser.open(PAGE)
        top = self.server.post("/v1/models/shapes/predict", self.sample("egg.jpg"))["results"][0]["top"]
        shown = self.browser.texts("#best-five li > .number:last-child")
        for logit, each in zip(shown, top):
            self.assertShows(logit, each["logit"], 3)

    def test_the_legend_counts_the_patches_of_each_answer(self):
        self.browser.open(f"{PAGE}&mode=emoji&stream=4")
        best = [self.answer["top"][0][4][token][0] for token in range(1, 65)]
        counts = {}
        for each in best:
            name = f"{each['emoji']} {each['label']}"
            counts[name] = counts.get(name, 0) + 1
        rows = [text.split("\n") for text in self.browser.texts("#legend li")]
        self.assertEqual({name: int(many) for name, many in rows}, counts)

    def test_curves_follow_the_chosen_classes_over_the_streams(self):
        self.browser.open(f"{PAGE}&classes=1&token=20")
        said = self.browser.js("return document.querySelector('#curve desc').textContent")
        data = self.answer["tensors"]["logits"]["data"]
        for shown, stream in zip(said.split(": ")[1].split(", "), range(5)):
            self.assertShows(shown, data[(stream * 65 + 20) * 3 + 1], 2)
        field = self.browser.find("#add-class")
        field.send_keys("square", Keys.ENTER)
        self.browser.frame()
        self.assertEqual(self.browser.query()["classes"], "1,0")
        self.assertEqual(len(self.browser.all("#curve path")), 2)

    def test_the_keyboard_walks_the_grid_and_the_slider(self):
        self.browser.open(PAGE)
        self.browser.focus("#map")
        self.browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ENTER)
        self.assertEqual(self.browser.query()["token"], "10")
        self.check_top(4, 10)
        self.browser.focus("#stream")
        self.browser.press(Keys.ARROW_LEFT)
        self.assertEqual(self.browser.query()["stream"], "3")
        self.check_top(3, 10)
        self.browser.focus("#map")
        self.browser.press(Keys.ESCAPE)
        self.assertNotIn("token", self.browser.query())

    def test_a_link_restores_the_view(self):
        self.browser.open(f"{PAGE}&mode=class&class=1&stream=2&token=20&opacity=80")
        before = (self.browser.text("#inspector"), self.browser.js("return document.getElementById('map').toDataURL()"))
        link = self.browser.js("return location.pathname + location.search")
        self.browser.open(link)
        time = lambda text: text.split("Time")[0]
        self.assertEqual(time(self.browser.text("#inspector")), time(before[0]))
        self.assertEqual(self.browser.js("return document.getElementById('map').toDataURL()"), before[1])

    def test_the_chart_of_layers_reads_like_the_grid(self):
        self.browser.open(f"{PAGE}&view=chart")
        size = self.browser.js("const c = document.getElementById('chart'); return [c.clientWidth, c.clientHeight]")
        column = (size[0] - 40) / 5
        self.browser.hover("#chart", (40 + 1.5 * column) / size[0], (24 + 20 * 30.5) / size[1])
        self.check_top(1, 30)
