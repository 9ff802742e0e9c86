"""Answers to the machines that watch us: alive, ready."""

from __future__ import annotations

from flask import Blueprint, Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from trainingadmin.plumbing import database, queue
from trainingadmin.plumbing.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers; the doorbell is reported but not needed to serve."""
    try:
        database.ping()
    except SQLAlchemyError:
        return jsonify(status="no-database"), 503
    return jsonify(status="ok", queues=queue.doorbell().depth())


def install(app: Flask) -> None:
    """Mount the health endpoints."""
    app.register_blueprint(bp)
