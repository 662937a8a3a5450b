"""A language model behind a chat-completions address, asked for what rules left unread."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from goodsight.core.proposals import Proposal
from goodsight.core.understood import Understood
from goodsight.core.vocabulary import Vocabulary
from goodsight.language.answers import BadAnswer, proposals_of
from goodsight.language.questions import question
from goodsight.language.sending import NoAnswer, Sender

__all__ = ["ChatModel"]

_log = logging.getLogger(__name__)
# A server that is down or slow would make everyone wait for it in vain.
PAUSE_SECONDS = 60.0


class ChatModel:
    """Asks `model` at `url` for at most so many seconds. Safe to use from several threads.

    After a failure it is left alone for `pause_seconds`. What goes wrong is told in the log, once
    until there is a good answer again, without the request and without the key.
    """

    def __init__(
        self, url: str, model: str, key: str, seconds: float, pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._model = model
        self._sender = Sender(url, key, seconds)
        self._host = urlsplit(url).hostname
        self._pause_seconds = pause_seconds
        self._paused_until = 0.0
        self._told = False

    def read(self, understood: Understood, vocabulary: Vocabulary) -> Sequence[Proposal] | None:
        """What the model proposes; None where it gives no answer, () where that is none."""
        if time.monotonic() < self._paused_until:
            return None
        try:
            answer = self._sender.send(question(self._model, understood, vocabulary))
            proposals = proposals_of(answer)
        except NoAnswer as error:
            self._paused_until = time.monotonic() + self._pause_seconds
            self._tell(str(error))
            return None
        except BadAnswer as error:
            # Asked the same it would say the same: there is no use in asking again.
            self._tell(str(error))
            return ()
        self._told = False
        return proposals

    def _tell(self, reason: str) -> None:
        if not self._told:
            self._told = True
            _log.warning(
                "the language model at %s is of no use now: %s; requests are read by rules alone",
                self._host,
                reason,
            )
