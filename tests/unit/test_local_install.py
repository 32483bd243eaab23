"""What pip was told about indexes reaches uv."""

from ops.local.install import uv_variables


def test_nothing_configured_is_nothing_said() -> None:
    assert uv_variables("global.timeout='60'\n") == {}


def test_an_index_of_ones_own_replaces_the_default() -> None:
    assert uv_variables("global.index-url='https://index.example/simple'") == {
        "UV_DEFAULT_INDEX": "https://index.example/simple"
    }


def test_further_indexes_are_all_asked_as_pip_asks_them() -> None:
    assert uv_variables("global.extra-index-url='file:///one file:///two'") == {
        "UV_INDEX": "file:///one file:///two",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_values_on_lines_of_their_own_are_separated_as_uv_wants_them() -> None:
    assert uv_variables(r"global.find-links='\n/wheels\n/more'") == {
        "UV_FIND_LINKS": "/wheels,/more"
    }


def test_the_environment_wins_over_a_file() -> None:
    listed = ":env:.cert='/env.pem'\nglobal.cert='/file.pem'"
    assert uv_variables(listed) == {"SSL_CERT_FILE": "/env.pem"}
