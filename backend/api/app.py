"""The door as an ASGI application: routes, errors, limits, and what surrounds them all."""

from litestar import Litestar
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import Receive, Scope, Send

from backend.api import openai_errors
from backend.api.bodies import DoorRequest
from backend.api.chat import chat
from backend.api.conversations import list_conversations, read_conversation
from backend.api.data_sources import (
    add_data_source,
    list_data_sources,
    remove_data_source,
    replace_data_source,
    test_data_source,
)
from backend.api.docs import docs_handlers
from backend.api.door import Door
from backend.api.erasures import erase_user, erasure
from backend.api.exports import export_user
from backend.api.facts import add_fact, correct_fact, delete_fact, list_facts
from backend.api.health import livez, readyz
from backend.api.imports import import_conversations, import_state
from backend.api.knowledge import (
    add_document,
    list_documents,
    remove_document,
    search_documents,
)
from backend.api.memory import user_memory
from backend.api.metrics import catalog, parse, query
from backend.api.openai_chat import create_completion
from backend.api.openai_models import list_models, read_model
from backend.api.paths import keep_slashes
from backend.api.queue import queue_state
from backend.api.scrape import prometheus
from backend.api.served import Served
from backend.api.sockets import chat_socket
from backend.api.stream import turn_events
from backend.api.traces import turn_trace
from backend.api.turn_list import list_turns
from backend.api.turns import turn_state
from backend.api.usage import usage
from backend.api.users import describe_user
from backend.settings import Settings

#: What the contract describes, in its order.
HANDLERS: list[HTTPRouteHandler] = [
    chat,
    list_turns,
    turn_state,
    turn_events,
    turn_trace,
    list_conversations,
    read_conversation,
    usage,
    queue_state,
    describe_user,
    user_memory,
    export_user,
    erase_user,
    erasure,
    list_facts,
    add_fact,
    correct_fact,
    delete_fact,
    import_conversations,
    import_state,
    list_documents,
    add_document,
    remove_document,
    search_documents,
    list_data_sources,
    add_data_source,
    replace_data_source,
    remove_data_source,
    test_data_source,
    catalog,
    query,
    parse,
    create_completion,
    list_models,
    read_model,
    livez,
    readyz,
    prometheus,
]


class Application:
    """What a server runs; `door` is what it must drain before it stops."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.routes = Litestar(
            [*HANDLERS, *docs_handlers(HANDLERS), chat_socket],
            state=State({"door": door}),
            lifespan=[door.open],
            request_class=DoorRequest,
            exception_handlers={Exception: openai_errors.answer_error},
            # Described by docs_handlers; the framework's own pages load from elsewhere.
            openapi_config=None,
            logging_config=None,
        )
        self._served = Served(self.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            keep_slashes(scope)
        await self._served(scope, receive, send)


def create_app(settings: Settings) -> Application:
    """Raises SettingsInvalid when the database or Redis is not named."""
    return Application(Door(settings))
