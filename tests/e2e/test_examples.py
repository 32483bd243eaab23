"""Every client example of `ops/examples` against a real stack, with OpenAI's own JavaScript client, too."""

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ops.local.root import ROOT
from tests.e2e.stack import PATIENCE_SECONDS, TODAY, Stack
from tests.e2e.test_road import company

EXAMPLES = ROOT / "ops" / "examples"
LAST_MONTH = (TODAY.year, TODAY.month - 1)
#: npm's own words for a registry that cannot be reached; anything else is a fault of ours.
NO_REGISTRY = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")

#: What an exception of the client is called, and what it knows.
EXCEPTIONS = """
import OpenAI from "openai";
const url = `${process.env.SALES_CREW_URL}/v1`;
const caller = (apiKey) => new OpenAI({ baseURL: url, apiKey });
const ask = (client, change) => client.chat.completions.create({
  model: "sales", user: "eva", messages: [{ role: "user", content: "oi" }], ...change,
});
const right = caller(process.env.SALES_CREW_KEY);
for (const attempt of [
  () => ask(caller("sc_wrong")), () => ask(right, { model: "gpt-4o" }), () => ask(right, { n: 2 }),
]) {
  await attempt().then(
    () => console.log("no error"),
    (error) => console.log(error.constructor.name, error.status, error.code, error.param),
  );
}
"""


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples beside the client that they are locked to."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("the JavaScript examples need node and npm")
    folder = tmp_path_factory.mktemp("examples")
    for source in (*EXAMPLES.glob("*.mjs"), *EXAMPLES.glob("package*.json")):
        shutil.copy(source, folder)
    installed = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    if any(word in installed.stderr for word in NO_REGISTRY):
        pytest.skip("npm reaches no registry to install the client from")
    assert installed.returncode == 0, installed.stderr
    return folder


@pytest.mark.parametrize("example", ["chat.py", "openai_client.py"])
def test_python_examples(example: str, offline_stack: Stack) -> None:
    told = run(offline_stack, sys.executable, str(EXAMPLES / example))
    assert_tells_last_months_revenue(told)


def test_the_curl_example(offline_stack: Stack) -> None:
    if shutil.which("curl") is None:
        pytest.skip("the curl example needs curl")
    told = run(offline_stack, "sh", str(EXAMPLES / "curl.sh"))
    assert_tells_last_months_revenue(told)
    assert told.rstrip().endswith("data: [DONE]")
    assert "| Sudeste | R$ " in told


def test_javascript_examples(node_folder: Path, offline_stack: Stack) -> None:
    for example in ("chat.mjs", "openai_client.mjs"):
        assert_tells_last_months_revenue(run(offline_stack, "node", str(node_folder / example)))
    assert "| Sudeste | R$ " in run(offline_stack, "node", str(node_folder / "openai_client.mjs"))


def test_the_javascript_client_raises_its_own_exceptions(
    node_folder: Path, offline_stack: Stack
) -> None:
    script = node_folder / "exceptions.mjs"
    script.write_text(EXCEPTIONS)
    assert run(offline_stack, "node", str(script)).splitlines() == [
        "AuthenticationError 401 invalid_api_key null",
        "NotFoundError 404 model_not_found null",
        "BadRequestError 400 invalid_request n",
    ]


def test_what_the_docs_page_shows_can_be_pasted(offline_stack: Stack) -> None:
    with offline_stack.client() as client:
        page = client.get("/docs").text
    shown = [html.unescape(text) for text in re.findall("<pre>(.*?)</pre>", page, re.DOTALL)]
    curl, python, javascript, chat_client = shown
    commands = [
        ("curl", ["sh", "-c", curl]),
        ("sh", [sys.executable, "-c", python]),
        ("node", ["node", "--input-type=module", "-e", javascript]),
        ("curl", ["sh", "-c", chat_client]),
    ]
    runnable = [command for program, command in commands if shutil.which(program)]
    for command in runnable:
        assert_tells_last_months_revenue(run(offline_stack, *command))


def test_the_lock_names_no_place_to_download_from() -> None:
    """Each machine asks the registry that it is set up with."""
    assert "resolved" not in (EXAMPLES / "package-lock.json").read_text()


def run(stack: Stack, *command: str) -> str:
    """What a program prints that knows the stack's address and a key."""
    published = stack.published
    environment = {"SALES_CREW_URL": published.api_url, "SALES_CREW_KEY": published.api_key}
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_tells_last_months_revenue(told: str) -> None:
    sold = {
        order.id
        for order in company().orders
        if order.status != "cancelado"
        and (order.ordered_on.year, order.ordered_on.month) == LAST_MONTH
    }
    revenue = sum(line.amount for line in company().order_lines if line.order_id in sold)
    assert f"R$ {revenue:,.2f}".translate(str.maketrans(",.", ".,")) in told
