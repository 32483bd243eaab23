"""The composition root: the one place that knows every part of a worker, and joins them once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.answering.answer_turn import answer_turn, fail_turn
from backend.answering.world import World
from backend.domain.errors import AttemptsExhausted
from backend.jobs.admission import Admission
from backend.jobs.erase_person import erase_person
from backend.jobs.erase_person import give_up as erasure_given_up
from backend.jobs.errand import Errands
from backend.jobs.fair_share import FairShare
from backend.jobs.fold_memories import fold_memories
from backend.jobs.fold_memories import give_up as fold_given_up
from backend.jobs.held import HeldClaims
from backend.jobs.import_history import give_up as imports_given_up
from backend.jobs.import_history import import_history
from backend.jobs.lanes import LaneWorker
from backend.jobs.learn_facts import give_up as learning_given_up
from backend.jobs.learn_facts import learn_facts
from backend.jobs.read_document import give_up as document_given_up
from backend.jobs.read_document import read_document
from backend.jobs.remember_turn import give_up, remember_turn
from backend.jobs.renew_memories import give_up as renewal_given_up
from backend.jobs.renew_memories import renew_memories
from backend.jobs.rounds import Rounds
from backend.jobs.sources import OpenSources
from backend.jobs.sweeper import Sweeper
from backend.jobs.work import Failure, Handler, Workbench
from backend.jobs.worker import Worker
from backend.live.doorbell import Doorbell
from backend.live.events import TurnEvents
from backend.live.kept_rows import KeptRows
from backend.live.silenced_turns import SilencedTurns
from backend.llm.embedder_factory import OpenEmbedder, build_embedder
from backend.llm.embeddings import LocalEmbedder
from backend.llm.factory import build_model
from backend.llm.model_config import ModelConfig
from backend.llm.provider_embedder import waiting_aside
from backend.plugins.central_bank import PRODUCTION_URL, CentralBank
from backend.plugins.kernel import build_kernel
from backend.plugins.playbook_index import PlaybookIndex
from backend.plugins.recorded_bank import RecordedCentralBank
from backend.plugins.series import SeriesSource
from backend.semantic.planner import SalesPlanner
from backend.settings import Settings
from backend.store.database import Database
from backend.store.seal import Seal
from backend.store.tasks import Kind
from crews.quiet import silence

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
#: Where "today" is, until tenants say where they are.
ZONE = ZoneInfo("America/Sao_Paulo")
#: Connections of a worker: threads hold one only for the length of a short transaction.
POOL_SIZE = 10


def build_world(settings: Settings) -> World:
    """What answering stands on. Raises SettingsInvalid."""
    redis_url = settings.required("app_redis_url")
    database = Database(settings.required("database_url"), size=POOL_SIZE, name="worker")
    database.start()
    doorbell = Doorbell(redis_url)
    events = TurnEvents(redis_url)
    planner = SalesPlanner()
    model = build_model(model_config(settings), planner)
    sources = OpenSources(
        Seal(settings.required("secret_key")), settings.source_directories, settings.worker_threads
    )
    kept = KeptRows(redis_url, settings.required("secret_key"))
    silenced = SilencedTurns(redis_url)
    embedder = open_embedder(settings)
    return World(
        database=database,
        embedder=embedder,
        model=model,
        planner=planner,
        kernel=build_kernel(_central_bank(settings)),
        sources=sources,
        playbook=_playbook,
        publish=events.publish,
        ring=lambda lane, by: doorbell.ring(lane, rung_by=by),
        today=partial(_today, settings.app_today),
        zone=ZONE,
        most_exchanges=settings.memory_most_exchanges,
        deadline_seconds=settings.turn_deadline_seconds,
        kept_rows=kept,
        silenced=silenced,
        fast_path=settings.fast_path == "on",
        closers=(
            model.close,
            embedder.close,
            sources.close,
            kept.close,
            silenced.close,
            events.close,
            doorbell.close,
            database.close,
        ),
    )


def build_worker(settings: Settings) -> Worker:
    """Everything a worker process runs on, warm. Raises SettingsInvalid."""
    share = FairShare()
    admission = Admission(share)
    redis_url = settings.required("app_redis_url")
    doorbell = Doorbell(redis_url)
    world = build_world(settings)
    world = replace(
        world,
        aside=admission.aside,
        embedder=waiting_aside(world.embedder, admission.aside_in_a_turn),
        closers=(*world.closers, doorbell.close),
    )
    if isinstance(world.embedder, LocalEmbedder):
        world.embedder.give_way = admission.give_way
        # What is loaded on first use takes a second: nobody's first answer should.
        world.embedder.embed(["pronto"])
    silence()
    held = HeldClaims(world.database)
    errands = Errands(world, Seal(settings.required("secret_key")), settings.source_directories)
    workbench = Workbench(
        world.database,
        held,
        handlers(world, errands, give_way=admission.give_way),
        deadline_seconds=settings.turn_deadline_seconds,
        share=share,
        admission=admission,
    )
    return Worker(
        lanes=[
            LaneWorker(redis_url, "interactive", settings.worker_threads, workbench.work),
            LaneWorker(redis_url, "bulk", settings.bulk_threads, workbench.work),
        ],
        held=held,
        sweeper=Sweeper(
            world.database,
            doorbell,
            lambda claim: workbench.close(claim, AttemptsExhausted.code),
        ),
        rounds=Rounds(world.database, world.embedder.model),
        workbench=workbench,
        admission=admission,
        drain_seconds=settings.drain_seconds,
    )


def handlers(
    world: World, errands: Errands, *, give_way: Callable[[], None] = lambda: None
) -> dict[Kind, tuple[Handler, Failure]]:
    """What a worker does for each kind of task, and how each is given up.

    What is long and in the background calls `give_way` between its parts.
    """
    database, embedder = world.database, world.embedder
    return {
        "answer": (partial(answer_turn, world), partial(fail_turn, world)),
        "remember": (
            partial(remember_turn, database, embedder, most_exchanges=world.most_exchanges),
            partial(give_up, database),
        ),
        "learn": (partial(learn_facts, world), partial(learning_given_up, world)),
        "errand": (errands.run, errands.fail),
        "import": (
            partial(
                import_history,
                database,
                embedder.model,
                give_way=give_way,
                most_exchanges=world.most_exchanges,
            ),
            partial(imports_given_up, database),
        ),
        "renew": (
            partial(renew_memories, database, embedder),
            partial(renewal_given_up, database),
        ),
        "erase": (partial(erase_person, world), partial(erasure_given_up, database)),
        "read": (
            partial(read_document, database, embedder),
            partial(document_given_up, database),
        ),
        "fold": (
            partial(fold_memories, database, embedder.model, world.most_exchanges),
            partial(fold_given_up, database),
        ),
    }


def model_config(settings: Settings) -> ModelConfig:
    """The configured provider with its own key and address."""
    key, base_url = {
        "openai": (settings.openai_api_key, settings.openai_base_url),
        "anthropic": (settings.anthropic_api_key, settings.anthropic_base_url),
        "gemini": (settings.gemini_api_key, settings.gemini_base_url),
        "openai_compatible": (settings.llm_api_key, settings.llm_base_url),
        "offline": (None, None),
    }[settings.provider]
    return ModelConfig(
        provider=settings.provider,
        model=settings.model,
        api_key=key.get_secret_value() if key else "",
        base_url=base_url,
        timeout_seconds=settings.llm_timeout_seconds,
        price_per_million=settings.price_per_million,
    )


def open_embedder(settings: Settings) -> OpenEmbedder:
    """The configured embedder with its provider's key and address."""
    provider = settings.embedding_provider
    key, base_url = {
        "local": (None, None),
        "openai": (settings.openai_api_key, settings.openai_base_url),
        "gemini": (settings.gemini_api_key, settings.gemini_base_url),
    }[provider]
    return build_embedder(
        provider,
        api_key=key.get_secret_value() if key else "",
        base_url=base_url,
        timeout_seconds=settings.llm_timeout_seconds,
    )


def _central_bank(settings: Settings) -> SeriesSource:
    if settings.market_base_url is not None:
        return CentralBank(settings.market_base_url)
    if settings.environment == "production":
        return CentralBank(PRODUCTION_URL)
    return RecordedCentralBank(KNOWLEDGE / "market")


@cache
def _playbook(folder: str | None) -> PlaybookIndex | None:
    """The playbook of an agent, indexed once."""
    return None if folder is None else PlaybookIndex.load(KNOWLEDGE / folder / "playbook")


def _today(pinned: date | None) -> date:
    return pinned or datetime.now(ZONE).date()
