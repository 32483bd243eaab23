"""What we ask of every service in docker-compose.yml, beyond what the format asks.

Each rule takes a service (as written, and with its values) and yields what is wrong with it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from ops.containers.compose_file import ComposeFile

Service = dict[str, Any]
#: What a worker needs after its drain, to record and to close.
CLOSING_SECONDS = 5
#: The default of DRAIN_SECONDS, which a longer one must bring along.
DRAIN_SECONDS = 25
_SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|AUTH|API_KEY")
_DEFAULT = re.compile(r"\$\{(\w+):?-([^${}]+)\}")
_FIXED_TAG = re.compile(r".+:(?!latest\b)[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?")


def faults_by_rules(compose: ComposeFile) -> list[str]:
    """Return one line for each broken rule, each naming its service."""
    return [
        f"{name}: {fault}"
        for name, written, service in compose.services()
        for rule in RULES
        for fault in rule(written, service)
    ]


def _is_pinned(_: Service, service: Service) -> Iterator[str]:
    if not _FIXED_TAG.fullmatch(service.get("image", "")):
        yield f"image {service.get('image')!r} should name a version"


def _is_no_root(_: Service, service: Service) -> Iterator[str]:
    user, _colon, group = str(service.get("user", "")).partition(":")
    if not user.isdecimal() or not group.isdecimal() or "0" in (user, group):
        yield "user should be a number and a group's number, neither of them 0"


def _is_confined(_: Service, service: Service) -> Iterator[str]:
    if service.get("read_only") is not True:
        yield "read_only should be true"
    if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
        yield "cap_drop should be ALL, and cap_add absent"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "security_opt should say no-new-privileges:true"
    if service.get("privileged"):
        yield "privileged should be absent"
    for key in ("network_mode", "pid", "ipc", "userns_mode"):
        if service.get(key) == "host":
            yield f"{key} should not be the host's"


def _is_bounded(_: Service, service: Service) -> Iterator[str]:
    for key in ("mem_limit", "pids_limit"):
        if key not in service:
            yield f"{key} should be set"
    for mount in service.get("tmpfs", []):
        if "size=" not in mount:
            yield f"tmpfs {mount!r} should have a size"
    if "max-size" not in service.get("logging", {}).get("options", {}):
        yield "logging should have a max-size"


def _lives_well(_: Service, service: Service) -> Iterator[str]:
    """A one-shot ends by itself; anything else is watched, restarted, and told to stop."""
    if service.get("restart") == "no":
        return
    if service.get("restart") != "unless-stopped":
        yield "restart should be unless-stopped, or no for a one-shot"
    check = service.get("healthcheck", {})
    if not check.get("test") or check.get("disable") or check["test"] in ("NONE", ["NONE"]):
        yield "healthcheck should have a test"
    for key in ("stop_signal", "stop_grace_period"):
        if key not in service:
            yield f"{key} should be set"


def _drains(_: Service, service: Service) -> Iterator[str]:
    if "DRAIN_SECONDS" not in service.get("environment", {}):
        return
    needed = DRAIN_SECONDS + CLOSING_SECONDS
    grace = re.fullmatch(r"(\d+)s", str(service.get("stop_grace_period", "")))
    if grace is None or int(grace.group(1)) < needed:
        yield f"stop_grace_period should be {needed}s or more, or an answer is cut off"


def _waits_for_a_state(_: Service, service: Service) -> Iterator[str]:
    waits = service.get("depends_on", {})
    if not isinstance(waits, dict):
        yield "depends_on should say which condition it waits for"
        return
    for other, wait in waits.items():
        if wait.get("condition") == "service_started":
            yield f"depends_on {other} should wait until it is healthy or done"


def _publishes_nearby(_: Service, service: Service) -> Iterator[str]:
    for port in service.get("ports", []):
        if not str(port).startswith("127.0.0.1:"):
            yield f"port {port!r} should be published on 127.0.0.1 unless somebody says otherwise"


def _mounts_little(_: Service, service: Service) -> Iterator[str]:
    for volume in service.get("volumes", []):
        source, _colon, target = str(volume).partition(":")
        if source.endswith(".sock"):
            yield f"{source} should not be mounted"
        elif source.startswith((".", "/", "~")) and not target.endswith(":ro"):
            yield f"{source}, a place of the host, should be mounted read-only"


def _holds_no_secret(written: Service, _: Service) -> Iterator[str]:
    environment = written.get("environment", {})
    if not isinstance(environment, dict):
        yield "environment should be a mapping"
        return
    for name, value in environment.items():
        text = str(value or "")
        if _SECRET_NAME.search(name) and text and not text.startswith("${"):
            yield f"{name} has a value in the file"
        for variable, default in _DEFAULT.findall(text):
            if _SECRET_NAME.search(variable):
                yield f"{variable} has the default {default!r}"
        if re.search(r"://[^/\s]*:[^$/\s@][^@\s]*@", text):
            yield f"{name} has a password in the file"


RULES: tuple[Callable[[Service, Service], Iterator[str]], ...] = (
    _is_pinned,
    _is_no_root,
    _is_confined,
    _is_bounded,
    _lives_well,
    _drains,
    _waits_for_a_state,
    _publishes_nearby,
    _mounts_little,
    _holds_no_secret,
)
