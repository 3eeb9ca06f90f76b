"""What every browser test has: a browser, a server, the console's silence at the end."""

import unittest

from server import SAMPLES


class Case(unittest.TestCase):
    """Fails a test during which the console reported an error, unless the test expects some."""

    program = work = shots = models = server = browser = None
    expects_console_errors = False

    def setUp(self):
        self.browser.size(1280, 900)
        self.browser.media()
        self.browser.severe()

    def tearDown(self):
        complaints = self.browser.severe()
        if not self.expects_console_errors:
            self.assertEqual(complaints, [], "the console's errors")

    def sample(self, name):
        return SAMPLES / name

    def assertShows(self, shown, value, digits=4):
        """The page's figure is the value, as the page rounds it."""
        plain = float(shown.replace("−", "-").split()[0])
        small = value != 0 and abs(value) < 10 ** -digits
        expected = float(f"{value:.1e}") if small else round(value, digits)
        self.assertAlmostEqual(plain, expected, delta=max(abs(expected) * 1e-6, 1.1 * 10 ** -digits if not small else 0),
                               msg=f"shown {shown}, expected {value}")
