"""What a person sees and a file keeps while a run goes on."""

import logging
from collections.abc import Callable
from typing import TextIO

import dagster as dg

# Called with the step's name when it starts, and with None when one has ended.
Listener = Callable[[str | None], None]

ENDINGS = ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED")


def listening_logger(
    listener: Listener, log: TextIO, speak: Callable[[str], None]
) -> dg.LoggerDefinition:
    """A Dagster logger that tells of steps, writes everything to a file and speaks it aloud."""

    def progress(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("plumbline", level=logging.DEBUG)
        file = logging.StreamHandler(log)
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(file)
        logger.addHandler(_Steps(listener, speak))
        return logger

    return dg.LoggerDefinition(progress, description="Tells the command how far the run is.")


class _Steps(logging.Handler):
    def __init__(self, listener: Listener, speak: Callable[[str], None]) -> None:
        super().__init__()
        self.listener = listener
        self.speak = speak

    def emit(self, record: logging.LogRecord) -> None:
        about = getattr(record, "dagster_meta", {})
        event = about.get("dagster_event")
        self.speak(about.get("orig_message", record.getMessage()))
        if event is None:
            return
        if event.event_type_value == "STEP_START":
            self.listener(event.step_key)
        elif event.event_type_value in ENDINGS:
            self.listener(None)
