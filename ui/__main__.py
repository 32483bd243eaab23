"""`python -m ui`: start the console. Streamlit's options and the theme stand here, once.

A configuration file would be found only from some working directories.
"""

import sys
from pathlib import Path

from streamlit.web import cli

from ui import environment
from ui.errors import EnvironmentUnusable

_INK = "#1c2733"
_ACCENT = "#0b6e6e"
_QUIET = "#f4f6f8"
_LINE = "#dce2e8"

_OPTIONS = {
    "server.headless": "true",
    # In megabytes: what the API takes of a document.
    "server.maxUploadSize": "20",
    # No telemetry, nothing that watches files, no development menu, no traces on the page.
    "browser.gatherUsageStats": "false",
    "server.fileWatcherType": "none",
    "server.runOnSave": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": _ACCENT,
    "theme.linkColor": _ACCENT,
    "theme.backgroundColor": "#ffffff",
    "theme.secondaryBackgroundColor": _QUIET,
    "theme.textColor": _INK,
    "theme.borderColor": _LINE,
    "theme.dataframeBorderColor": _LINE,
    "theme.showWidgetBorder": "true",
    "theme.baseRadius": "4px",
    "theme.buttonRadius": "4px",
    # The reader's own fonts: a console is read, not admired, and none has to be fetched.
    "theme.font": "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
    "theme.codeFont": "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    "theme.baseFontSize": "14",
    "theme.codeFontSize": "13px",
    "theme.sidebar.backgroundColor": _QUIET,
}


def main() -> None:
    try:
        environment.api_url()
        places = {"server.address": environment.host(), "server.port": str(environment.port())}
    except EnvironmentUnusable as error:
        sys.exit(str(error))
    options = {**_OPTIONS, **places}
    flags = [word for name, value in options.items() for word in (f"--{name}", value)]
    cli.main(["run", str(Path(__file__).with_name("app.py")), *flags], prog_name="streamlit")


if __name__ == "__main__":
    main()
