"""What keeps the stack from going on; the message is the one line that the user reads."""

from typing import ClassVar


class StackError(Exception):
    """The stack cannot go on."""

    code: ClassVar[str] = "stack_failed"
    exit_code: ClassVar[int] = 1


class SettingsInvalid(StackError):
    """A setting has a bad value or is missing."""

    code = "settings_invalid"
    exit_code = 2


class PortInUse(StackError):
    """Another program listens where ours should."""

    code = "port_in_use"


class AlreadyRunning(StackError):
    """Another stack holds this data directory."""

    code = "already_running"


class NotRunning(StackError):
    """No stack runs on this data directory."""

    code = "not_running"


class DiskFull(StackError):
    """There is too little room for the data directory."""

    code = "disk_full"


class DataDirectoryUnusable(StackError):
    """The data directory cannot be used by this stack."""

    code = "data_directory_unusable"


class RootRefused(StackError):
    """Postgres does not run as root, and no other identity could be given to it."""

    code = "root_refused"


class ProgramFailed(StackError):
    """A program of the stack did not start."""

    code = "program_failed"


class ImportFailed(StackError):
    """The history was not brought."""

    code = "import_failed"


class AskFailed(StackError):
    """The running stack gave no answer."""

    code = "ask_failed"
