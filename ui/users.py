"""The paths of one user: a name may hold anything, also what parts a path."""

from urllib.parse import quote


def user_path(user: str, *parts: str) -> str:
    return "/".join(["/users", quote(user, safe=""), *(quote(part, safe="") for part in parts)])
