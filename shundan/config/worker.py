"""Run the jobs that committed changes have left behind, also those that a killed worker left half done."""

import asyncio
import logging

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ProcrastinateException

CONCURRENCY = 2
# A job that is running when a stop is asked for gets this many seconds to finish.
PATIENCE = 10
# A worker that has given no sign of life for so long is dead; its jobs are done again, each with effect once.
HEARTBEAT = 2.0
DEAD_AFTER = 8.0

logger = logging.getLogger(__name__)


def work() -> None:
    """Work until a signal asks to stop."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        asyncio.run(_work(worker_app))


async def _work(worker_app: App) -> None:
    async with worker_app.open_async():
        reviver = asyncio.create_task(_revive_for_ever(worker_app))
        try:
            await worker_app.run_worker_async(
                concurrency=CONCURRENCY,
                shutdown_graceful_timeout=PATIENCE,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD_AFTER,
                # The event's receipt is the memory; done jobs would only slow down the search for the next one.
                delete_jobs="successful",
            )
        finally:
            reviver.cancel()


async def _revive_for_ever(worker_app: App) -> None:
    while True:
        try:
            for job in await worker_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                await worker_app.job_manager.retry_job(job)
        except ProcrastinateException as trouble:
            logger.warning("stalled jobs could not be looked for: %s", trouble)
        await asyncio.sleep(HEARTBEAT)
