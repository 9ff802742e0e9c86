"""The process that makes documents: loads everything once, then forks a child for each job."""

from __future__ import annotations

import gc
import sys
from typing import Any

from rq import Queue, Worker
from rq.serializers import JSONSerializer

from trainingadmin.app import create_app
from trainingadmin.certificates import printing
from trainingadmin.plumbing import documents, queue
from trainingadmin.plumbing.database import db
from trainingadmin.settings import Settings


class PreloadedWorker(Worker):
    """An RQ worker whose children find the application, the renderer, the fonts and the key in memory."""

    def fork_work_horse(self, job: Any, queue: Any) -> None:
        """Fork with no database connection open: a connection has one owner."""
        db.engine.dispose()
        super().fork_work_horse(job, queue)


def main(burst: bool = False) -> None:
    """Serve the queues until told to stop (`--burst`: until they are empty)."""
    settings = Settings.from_env()
    app = create_app(settings)
    with app.app_context():
        documents.warm()
        printing.press()
        gc.collect()
        gc.freeze()
        connection = queue.connect(settings.redis_url)
        queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in queue.QUEUES]
        worker = PreloadedWorker(
            queues,
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=30,
            job_monitoring_interval=10,
            maintenance_interval=30,
        )
        worker.work(burst=burst, logging_level="WARNING")


if __name__ == "__main__":
    main(burst="--burst" in sys.argv)
