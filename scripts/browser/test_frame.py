"""What all pages have in common: links, errors, pictures of one's own, the rail, the theme."""

from browser import Keys
from case import Case
from server import ROOT, Server

PAGES = ("/", "/attention", "/logit-lens", "/patching", "/attribution", "/api")


class Frame(Case):
    def test_every_page_loads_a_photograph_without_an_error(self):
        for page in PAGES:
            for scheme in ("light", "dark"):
                self.browser.media(scheme)
                self.browser.open(f"{page}?model=shapes&sample=egg.jpg")
                self.assertEqual(self.browser.severe(), [], page)

    def test_a_model_without_a_class_token_has_no_view_of_it(self):
        self.browser.open("/attention?model=no-class-token&sample=egg.jpg&layer=1&head=2&view=cls")
        self.assertNotIn("CLS", self.browser.text("#one") + self.browser.text("#tokens"))
        tokens = self.browser.js("const map = document.getElementById('map'); return map.width / map.height")
        self.assertEqual(tokens, 1)
        self.browser.open("/logit-lens?model=no-class-token&sample=egg.jpg")
        self.assertEqual(self.browser.texts("#prefix button"), [])
        self.assertEqual(len(self.browser.all("#best-five li")), 5)

    def test_the_bar_carries_model_and_picture_to_the_other_pages(self):
        self.browser.open("/?model=shapes&sample=square.png&patch=3")
        for page in PAGES[1:]:
            self.browser.click(f".bar nav a[data-page='{page}']")
            self.browser.until(page, lambda: self.browser.js("return location.pathname") == page)
            self.browser.until("the result", lambda: self.browser.state() == "result")
            self.assertEqual(self.browser.query(), {"model": "shapes", "sample": "square.png"})

    def test_a_picture_of_ones_own_stays_over_pages_and_reloads(self):
        self.browser.open("/?model=shapes", "empty")
        self.browser.find("#file").send_keys(str(self.sample("egg.jpg")))
        self.browser.until("the prediction", lambda: "ellipse" in self.browser.text("#best"))
        self.assertIn("egg.jpg", self.browser.text("#own"))
        self.assertIn("does not carry it", self.browser.text("#own"))
        own = self.browser.query()["picture"]
        self.browser.click(".bar nav a[data-page='/attention']")
        self.browser.until("attention's result", lambda: self.browser.js("return location.pathname") == "/attention"
                           and self.browser.state() == "result")
        self.assertEqual(self.browser.query()["picture"], own)
        self.browser.driver.refresh()
        self.browser.until("the result again", lambda: self.browser.state() == "result")
        self.assertIn("@egg.jpg", self.browser.text("#command"))

    def test_pictures_of_every_kind_are_predicted_as_the_server_says(self):
        folder = ROOT.parent / "shared/golden/open/images/files"
        if not folder.is_dir():
            self.skipTest("no pictures beside the project")
        self.browser.open("/?model=shapes", "empty")
        for file in sorted(folder.glob("jpeg_*.jpg")) + sorted(folder.glob("png_*.png")):
            top = self.server.post("/v1/models/shapes/predict", file)["results"][0]["top"]
            self.browser.find("#file").send_keys(str(file))
            self.browser.until(file.name, lambda: file.name in self.browser.text("#own") and not self.browser.is_busy()
                               and self.browser.state() == "result" and file.name in self.browser.text("#command"))
            self.assertEqual(self.browser.texts("#bars .label"), [each["label"] for each in top], file.name)
            self.assertShows(self.browser.text("#bars .probability"), top[0]["probability"])

    def test_downloads_are_what_they_are_called(self):
        for page in PAGES[:5]:
            self.browser.open(f"{page}?model=shapes&sample=heart.png")
            self.browser.js("""
                window.saved = [];
                const made = URL.createObjectURL;
                URL.createObjectURL = (blob) => { window.kept = blob; return made(blob); };
                HTMLAnchorElement.prototype.click = function () {
                  const [name, blob] = [this.download, window.kept];
                  blob.arrayBuffer().then((bytes) => window.saved.push([name, [...new Uint8Array(bytes.slice(0, 2000))]]));
                };""")
            buttons = self.browser.all(".saves")
            for button in buttons:
                button.click()
            saved = self.browser.until("the downloads", lambda: (lambda all: len(all) == len(buttons) and all)(
                self.browser.js("return window.saved")))
            files = {name.split(".")[-1]: bytes(data) for name, data in saved}
            self.assertEqual(files["png"][:4], b"\x89PNG", page)
            header, first = files["csv"].decode().split("\n")[:2]
            self.assertEqual(header.split(",")[:2], {"/": ["index", "label"], "/attention": ["layer", "head"],
                                                     "/logit-lens": ["stream", "token"], "/patching": ["layer", "position"],
                                                     "/attribution": ["label", "score"]}[page])
            self.assertEqual(len(first.split(",")), len(header.split(",")))
            if page != "/":
                self.assertEqual(files["npz"][:2], b"PK", page)

    def test_a_term_explains_itself_to_the_keyboard(self):
        self.browser.open("/?model=shapes&sample=heart.png")
        self.browser.focus("#bars [data-tip]")
        self.assertIn("softmax", self.browser.text("#tip"))
        self.browser.press(Keys.ESCAPE)
        self.assertTrue(self.browser.js("return document.getElementById('tip').hidden"))

    def test_a_picture_is_dropped_or_pasted(self):
        for kind in ("drop", "paste"):
            self.browser.open("/?model=shapes", "empty")
            self.browser.driver.execute_async_script("""
                const [kind, done] = arguments;
                fetch('/assets/samples/square.png').then((answer) => answer.blob()).then((blob) => {
                  const data = new DataTransfer();
                  data.items.add(new File([blob], 'mine.png', {type: 'image/png'}));
                  document.body.dispatchEvent(kind === 'drop' ? new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})
                    : new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
                  done();
                });""", kind)
            self.browser.until(f"what the {kind} brought", lambda: "square" in self.browser.text("#best"))
            self.assertIn("mine.png", self.browser.text("#own"))

    def test_a_drawing_becomes_a_picture(self):
        self.browser.open("/?model=shapes", "empty")
        self.browser.click("#draw")
        self.browser.js("""
            const paper = document.querySelector('#pad canvas'), box = paper.getBoundingClientRect();
            paper.setPointerCapture = () => {};
            const at = (kind, x, y) => paper.dispatchEvent(new PointerEvent(kind,
              {clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true}));
            at('pointerdown', .3, .3);
            for (const [x, y] of [[.7, .3], [.7, .7], [.3, .7], [.3, .3]]) at('pointermove', x, y);
            at('pointerup', .3, .3);""")
        self.browser.click("#pad .accent")
        self.browser.until("the drawing's prediction", lambda: "square" in self.browser.text("#best"))

    def test_the_theme_is_switched_and_kept(self):
        self.browser.open("/", "empty")
        colour = lambda: self.browser.js("return getComputedStyle(document.body).backgroundColor")
        light = colour()
        self.browser.click("#theme")
        dark = colour()
        self.assertNotEqual(light, dark)
        self.browser.open("/attention", "empty")
        self.assertEqual(colour(), dark)
        self.browser.click("#theme")
        self.assertEqual(colour(), light)
        self.browser.js("localStorage.clear()")

    def test_nothing_moves_where_motion_is_not_wanted(self):
        self.browser.media(motion="reduce")
        self.browser.open("/?model=shapes&sample=heart.png")
        moving = self.browser.js(
            "return [...document.querySelectorAll('*')].filter((each) => parseFloat(getComputedStyle(each).transitionDuration) > 0"
            " || getComputedStyle(each).animationName !== 'none').length")
        self.assertEqual(moving, 0)

    def test_the_rail_is_a_sheet_on_a_narrow_screen(self):
        self.browser.size(390, 844)
        self.browser.open("/?model=shapes&sample=heart.png")
        shown = lambda: self.browser.js("return getComputedStyle(document.getElementById('rail')).visibility") == "visible"
        self.assertFalse(shown())
        self.browser.click("#open-rail")
        self.browser.until("the sheet", shown)
        self.assertEqual(self.browser.js("return document.activeElement.id"), "model")
        self.browser.press(Keys.ESCAPE)
        self.browser.until("the sheet's end", lambda: not shown())
        self.assertEqual(self.browser.js("return document.activeElement.id"), "open-rail")

    def test_no_page_scrolls_sideways_at_390_pixels(self):
        self.browser.size(390, 844)
        for page in ("/", "/attention", "/attention?layer=1&head=1", "/attention?tour=mixed", "/logit-lens",
                     "/logit-lens?view=chart", "/patching?view=head", "/attribution", "/attribution?by=head",
                     "/attribution?by=position", "/api"):
            join = "&" if "?" in page else "?"
            self.browser.open(f"{page}{join}model=random&sample=egg.jpg")
            wide = self.browser.js("return document.documentElement.scrollWidth")
            self.assertLessEqual(wide, 390, page)


class Errors(Case):
    expects_console_errors = True

    def test_a_slash_at_the_end_of_a_page_is_taken_away(self):
        self.browser.open("/attention/?model=shapes&sample=heart.png")
        self.assertEqual(self.browser.js("return location.pathname"), "/attention")
        self.assertEqual(self.browser.query()["sample"], "heart.png")

    def test_an_unknown_model_is_told_in_the_servers_words(self):
        for page in PAGES:
            self.browser.open(f"{page}?model=nope&sample=heart.png", "failure")
            self.assertIn("There is no model 'nope'", self.browser.text("#failure"))
            self.assertIn("404 Not Found", self.browser.text("#failure-note"))
        self.browser.js("const list = document.getElementById('model'); list.value = 'shapes';"
                        "list.dispatchEvent(new Event('change'))")
        self.browser.until("the result", lambda: self.browser.state() == "result")

    def test_a_server_that_is_gone_is_told_and_found_again(self):
        for page in PAGES[:5]:
            models = {"shapes": self.models["shapes"]}
            server = Server(self.program, self.work, models)
            try:
                self.browser.open(f"{page}?model=shapes&sample=heart.png", base=server.address)
                server.stop()
                self.browser.find("#file").send_keys(str(self.sample("egg.jpg")))
                self.browser.until("the failure", lambda: self.browser.state() == "failure")
                self.assertEqual(self.browser.text("#failure-title"), "The server does not answer")
                server = Server(self.program, self.work, models, int(server.address.split(":")[-1]))
                self.browser.click("#retry")
                self.browser.until("the result", lambda: self.browser.state() == "result")
                self.assertIn("egg.jpg", self.browser.text("#own"))
            finally:
                server.stop()

    def test_a_model_without_a_classifier_leads_to_its_attention(self):
        for page in ("/", "/logit-lens"):
            self.browser.open(f"{page}?model=headless&sample=egg.jpg", "failure")
            self.assertIn("409 Conflict", self.browser.text("#failure-note"))
            self.browser.click("#elsewhere")
            self.browser.until("its attention", lambda: self.browser.js("return location.pathname") == "/attention"
                               and self.browser.state() == "result")
            self.assertEqual({"model": "headless", "sample": "egg.jpg"}.items() - self.browser.query().items(), set())

    def test_a_file_that_is_no_picture_is_told_in_the_servers_words(self):
        broken = self.work / "broken.png"
        broken.write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
        self.browser.open("/?model=shapes", "empty")
        self.browser.find("#file").send_keys(str(broken))
        self.browser.until("the failure", lambda: self.browser.state() == "failure")
        self.assertRegex(self.browser.text("#failure-note"), r"^4\d\d ")
        self.browser.find("#samples button").click()
        self.browser.until("the result", lambda: self.browser.state() == "result")

    def test_a_link_about_somebody_elses_picture_says_so(self):
        self.browser.open("/attention?model=shapes&picture=0123456789abcdef", "failure")
        self.assertIn("a link cannot carry it", self.browser.text("#failure-detail"))
        self.browser.find("#samples button").click()
        self.browser.until("the result", lambda: self.browser.state() == "result")
        self.assertNotIn("picture", self.browser.query())

    def test_an_unknown_sample_says_so(self):
        self.browser.open("/?model=shapes&sample=nothing.png", "failure")
        self.assertIn("nothing.png", self.browser.text("#failure-detail"))
        self.assertIn("heart.png", self.browser.text("#failure-detail"), "those that there are")
