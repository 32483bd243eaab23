"""The browser of the tests that need one."""

import pytest

from ops.media import browser


def browser_path() -> str:
    """Skips the test where no browser is."""
    found = browser.browser_path()
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    return found
