"""Loading what takes seconds, and saying so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pipelines.cli.screen import console

if TYPE_CHECKING:
    from insights.store import Store
    from pipelines.process import Processor


@contextmanager
def loaded_processor(store: Store | None = None) -> Iterator[Processor]:
    """A processor, with a line that says what is going on while its models load or, the first time, are trained."""
    from pipelines import bootstrap

    with ExitStack() as stack:
        words = "Loading the language models"
        if not bootstrap.is_trained():
            words = "Training the heads from our annotated sentences (once, under a minute), then loading the models"
        console.print(f"{words} ...")
        yield stack.enter_context(bootstrap.processor(store))
