"""uvicorn as this door runs it: bounded, quiet, and draining before it stops."""

import asyncio
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from litestar.types import ASGIApp

from backend.api.bodies import MOST_BYTES
from backend.api.protocols import BoundedHttp, CuttableSocket
from backend.settings import Settings

#: Longer than load balancers keep an idle connection (60 s), so that they close first.
KEEP_ALIVE_SECONDS = 65
#: Waits end at once when the drain begins; this is for answers on their way to slow readers.
STOP_SECONDS = 10


class DrainingServer(uvicorn.Server):
    """Calls `drain` as soon as it is told to stop, in the event loop."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain = drain
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self._drain)
        super().handle_exit(sig, frame)


def server(app: ASGIApp, settings: Settings, drain: Callable[[], None]) -> DrainingServer:
    """A server for `app`, not yet started."""
    config = uvicorn.Config(
        app,
        host=settings.bind_host,
        port=settings.api_port + settings.port_offset,
        loop="uvloop",
        http=BoundedHttp,
        ws=CuttableSocket,
        # A frame holds what a body holds; a larger one closes the socket.
        ws_max_size=MOST_BYTES,
        # Events are small; a compressor for each idle socket would cost more than all else of it.
        ws_per_message_deflate=False,
        # What proxies say of the caller is not believed: whoever is near needs no key.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return DrainingServer(config, drain)
