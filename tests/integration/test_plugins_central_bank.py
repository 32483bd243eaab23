"""Banco Central's API with its traps, played by a small server on loopback.

The bodies are those that users of the API have reported.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.domain.errors import SourceUnavailable
from backend.plugins.central_bank import CentralBank
from backend.plugins.loop import shared_loop
from backend.plugins.recorded_bank import RecordedCentralBank, write_recording
from backend.plugins.series import Observation, Series

WINDOW_TOO_LONG = {
    "error": "O sistema aceita uma janela de consulta de, no máximo, 10 anos em séries de "
    "periodicidade diária",
    "message": "Para acessar uma série de periodicidade diária, é necessário informar a dataInicial",
    "syntax": "https://api.bcb.gov.br/dados/serie/bcdata.sgs.1/dados?dataInicial=29/03/2015",
}
TOO_MANY = {
    "erro": {
        "statusCode": 400,
        "detail": "br.gov.bcb.pec.sgs.comum.excecoes.SGSNegocioException: A quantidade máxima de "
        "valores deve ser 20",
    }
}
NO_VALUES = {"erro": {"statusCode": 404, "detail": "Value(s) not found"}}
WEB_PAGE = (
    '<?xml version="1.0" encoding="pt-br"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">'
    "<html><head><title>Requisição inválida!</title></head></html>"
)


@dataclass
class FakeBank:
    """What the server answers next, and what it was asked."""

    url: str = ""
    status: int = 200
    body: str = "[]"
    headers: dict[str, str] = field(default_factory=dict)
    #: When set, answers like the real one: the days of the request, within ten years.
    lives: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, str]:
        self.asked.append(path)
        if not self.lives:
            return self.status, self.body
        query = parse_qs(urlsplit(path).query)
        first, last = (_day(query[name][0]) for name in ("dataInicial", "dataFinal"))
        if last >= first.replace(year=first.year + 10):
            return 406, json.dumps(WINDOW_TOO_LONG)
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        workdays = [day for day in days if day.weekday() < 5]
        return 200, json.dumps([{"data": f"{day:%d/%m/%Y}", "valor": "5.4321"} for day in workdays])


@pytest.fixture
def bank() -> Iterator[FakeBank]:
    fake = FakeBank()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = fake.answer(self.path)
            content = body.encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **fake.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


def ask(
    url: str, series: Series = Series.DOLLAR, *, first: str = "2026-11-16", last: str = "2026-11-23"
) -> tuple[Observation, ...]:
    async def go() -> tuple[Observation, ...]:
        client = CentralBank(url)
        try:
            return await client.observations(
                series, date.fromisoformat(first), date.fromisoformat(last)
            )
        finally:
            await client.close()

    return shared_loop().run(go(), seconds=20)


def test_values_come_as_published_and_the_request_is_in_brazilian_dates(bank: FakeBank) -> None:
    bank.body = (
        '[{"data": "16/11/2026", "valor": "5.4321"}, {"data": "17/11/2026", "valor": "5.40"}]'
    )
    assert ask(bank.url) == (
        Observation(day=date(2026, 11, 16), value=Decimal("5.4321")),
        Observation(day=date(2026, 11, 17), value=Decimal("5.40")),
    )
    [path] = bank.asked
    assert urlsplit(path).path == "/dados/serie/bcdata.sgs.1/dados"
    assert parse_qs(urlsplit(path).query) == {
        "formato": ["json"],
        "dataInicial": ["16/11/2026"],
        "dataFinal": ["23/11/2026"],
    }


def test_a_window_past_ten_years_is_read_in_pieces_that_neither_overlap_nor_leave_gaps(
    bank: FakeBank,
) -> None:
    bank.lives = True
    observations = ask(bank.url, first="1994-07-01", last="2026-11-23")
    assert len(bank.asked) == 4
    days = [each.day for each in observations]
    expected = [
        date(1994, 7, 1) + timedelta(n)
        for n in range((date(2026, 11, 23) - date(1994, 7, 1)).days + 1)
    ]
    assert days == [day for day in expected if day.weekday() < 5]


def test_a_month_before_the_window_and_a_day_after_it_are_left_out(bank: FakeBank) -> None:
    bank.body = json.dumps(
        [
            {"data": "01/09/2026", "valor": "0.48"},
            {"data": "01/10/2026", "valor": "0.09"},
            {"data": "01/12/2026", "valor": "0.30"},
        ]
    )
    [only] = ask(bank.url, Series.IPCA, first="2026-10-01", last="2026-11-23")
    assert only == Observation(day=date(2026, 10, 1), value=Decimal("0.09"))


def test_a_period_without_values_is_empty_not_broken(bank: FakeBank) -> None:
    bank.status, bank.body = 404, json.dumps(NO_VALUES)
    assert ask(bank.url) == ()


def test_an_entry_without_a_value_is_left_out(bank: FakeBank) -> None:
    bank.body = '[{"data": "16/11/2026", "valor": ""}, {"data": "17/11/2026", "valor": "5.40"}]'
    assert [each.day for each in ask(bank.url)] == [date(2026, 11, 17)]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (406, json.dumps(WINDOW_TOO_LONG)),
        (400, json.dumps(TOO_MANY)),
        (404, "<html>Not Found</html>"),
        (504, "<html>Gateway Timeout</html>"),
        (200, WEB_PAGE),
        (200, json.dumps(TOO_MANY)),
        (200, '[{"data": "2026-11-16", "valor": "5.40"}]'),
        (200, '[{"data": "16/11/2026", "valor": "5,40"}]'),
        (200, '[{"data": "16/11/2026", "valor": "NaN"}]'),
        (200, '[{"dia": "16/11/2026", "valor": "5.40"}]'),
        (200, '["16/11/2026"]'),
        (200, ""),
    ],
)
def test_anything_that_is_not_the_series_is_a_source_that_is_down(
    bank: FakeBank, status: int, body: str
) -> None:
    bank.status, bank.body = status, body
    with pytest.raises(SourceUnavailable):
        ask(bank.url)
    assert len(bank.asked) == 1


def test_a_redirect_is_not_followed(bank: FakeBank) -> None:
    bank.status, bank.headers = 302, {"Location": f"{bank.url}/elsewhere"}
    with pytest.raises(SourceUnavailable):
        ask(bank.url)
    assert len(bank.asked) == 1


def test_nobody_listening_is_a_source_that_is_down(bank: FakeBank) -> None:
    closed = "http://127.0.0.1:1"
    with pytest.raises(SourceUnavailable):
        ask(closed)
    assert bank.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://api.bcb.gov.br.example.com",
        "https://api.bcb.gov.br@example.com",
        "http://169.254.169.254",
        "http://api.bcb.gov.br",
        "file:///etc/passwd",
        "",
    ],
)
def test_other_hosts_and_plain_http_are_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"host|https"):
        CentralBank(url)


def test_what_was_recorded_from_the_bank_is_read_back_the_same(
    bank: FakeBank, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("market")
    bank.lives = True
    first, until = date(2026, 10, 1), date(2026, 11, 23)
    recorded = ask(bank.url, first=first.isoformat(), last=until.isoformat())
    for series in Series:
        write_recording(directory, series, recorded, until)
    again = RecordedCentralBank(directory)
    read = shared_loop().run(again.observations(Series.DOLLAR, first, until), seconds=5)
    assert read == recorded
    assert again.recording is not None
    assert (again.recording.provenance, again.recording.until) == ("recorded", until)


def _day(text: str) -> date:
    day, month, year = map(int, text.split("/"))
    return date(year, month, day)
