"""Accessibility, and a screenshot of every page, light and dark, wide and narrow."""

import pathlib

from case import Case

AUDIT = (pathlib.Path(__file__).parent / "audit.js").read_text()
VIEWS = {
    "predict": ("/?model=shapes&sample=egg.jpg", "result"),
    "predict-empty": ("/?model=shapes", "empty"),
    "attention": ("/attention?model=shapes&sample=egg.jpg", "result"),
    "attention-144": ("/attention?model=random&sample=egg.jpg", "result"),
    "attention-head": ("/attention?model=shapes&sample=egg.jpg&layer=2&head=1&token=29&view=token", "result"),
    "attention-matrix": ("/attention?model=shapes&sample=egg.jpg&layer=2&head=1&token=29&other=20&values=scores", "result"),
    "attention-tour": ("/attention?model=shapes&sample=heart.png&tour=mixed", "result"),
    "logit-lens": ("/logit-lens?model=shapes&sample=egg.jpg&stream=3&token=29", "result"),
    "logit-lens-emoji": ("/logit-lens?model=shapes&sample=heart-drawn.png&mode=emoji", "result"),
    "logit-lens-chart": ("/logit-lens?model=shapes&sample=egg.jpg&view=chart", "result"),
    "patching": ("/patching?model=shapes&sample=heart.png&layer=2&position=0&search=1", "result"),
    "patching-patches": ("/patching?model=shapes&sample=egg.jpg&other=heart-drawn.png&hook=mlp_out&scale=layer&layer=0&position=29",
                         "result"),
    "patching-heads": ("/patching?model=shapes&sample=heart.png&view=head&search=1&set=1", "result"),
    "patching-144": ("/patching?model=random&sample=egg.jpg&view=head", "result"),
    "patching-empty": ("/patching?model=shapes", "empty"),
    "attribution": ("/attribution?model=shapes&sample=heart.png&part=layer_3", "result"),
    "attribution-components": ("/attribution?model=random&sample=egg.jpg&by=component&order=size", "result"),
    "attribution-heads": ("/attribution?model=random&sample=egg.jpg&by=head&layer=2&head=1", "result"),
    "attribution-neurons": ("/attribution?model=shapes&sample=egg.jpg&by=neuron", "result"),
    "attribution-positions": ("/attribution?model=shapes&sample=egg.jpg&by=position&position=20", "result"),
    "attribution-clip": ("/attribution?model=clip&sample=egg.jpg&metric=logit_difference&classes=cat|dog", "result"),
    "api": ("/api?model=shapes&sample=heart.png", "result"),
    "failure": ("/attention?model=nope", "failure"),
}
ROLES = {"button", "link", "radio", "checkbox", "combobox", "slider", "textbox", "searchbox", "application",
         "DisclosureTriangle", "listbox", "MenuListPopup", "option", "menuitem"}


class Looks(Case):
    expects_console_errors = True      # the failure's own 404

    def check(self, name, page, state, scheme, size):
        self.browser.size(*size)
        self.browser.media(scheme)
        self.browser.open(page, state)
        self.browser.screenshot(self.shots / f"{name}-{scheme}-{size[0]}.png")
        problems = self.browser.js(f"{AUDIT}; return audit();")
        levels = []
        for node in self.browser.tree():
            if node["role"] in ROLES and node["focusable"] and not node["name"]:
                problems.append(f"a {node['role']} without a name")
            if node["role"] in ("image", "img", "figure") and node["role"] != "figure" and not node["name"]:
                problems.append("a picture without a name")
            if node["role"] == "heading":
                levels.append((node["level"], node["name"]))
        if [level for level, _ in levels].count(1) != 1:
            problems.append(f"not one heading of level 1: {levels}")
        for (before, _), (after, text) in zip(levels, levels[1:]):
            if after > before + 1:
                problems.append(f"the heading “{text}” of level {after} follows one of level {before}")
        self.assertEqual(problems, [], f"{name}, {scheme}, {size[0]} pixels")


def _test(name, page, state):
    def test(self):
        for scheme in ("light", "dark"):
            for size in ((1280, 900), (390, 844)):
                self.check(name, page, state, scheme, size)
    return test


for _name, (_page, _state) in VIEWS.items():
    setattr(Looks, f"test_{_name.replace('-', '_')}_is_accessible", _test(_name, _page, _state))
