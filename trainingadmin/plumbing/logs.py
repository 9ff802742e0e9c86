"""Logs go to standard error, one line an event, so that commands keep standard output for their answers."""

from __future__ import annotations

import sys

import structlog


def install() -> None:
    """Send every log line to standard error: readable in a terminal, JSON everywhere else."""
    shown = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            shown,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
