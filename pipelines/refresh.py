"""A refresh: what was heard since, set against the themes we know; what should change is done, or proposed, and recorded.

An ordinary refresh looks at waiting signals and a sample of every theme, so that it costs what is new: themes grow and
are born. A thorough one looks at everything, so that themes may also merge and split, and their tree is looked over. It
comes when a tenth is new, while there is little, and in the first three refreshes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from insights.board.atlas import draw_map
from insights.exclusive import exclusively
from insights.store import Store
from insights.themes import curation, proposals, standing
from insights.themes.curation import CurationError, Decision
from insights.themes.decisions import decisions
from insights.themes.known import LiveTheme, SignalSet, count_waiting, live_themes, sample_of, signals_of
from insights.themes.proposals import Suggestion
from insights.themes.status import Status
from nlp.discovery import Communities, discover
from nlp.lineage import Action, allowance
from nlp.phrases import says_something
from nlp.settings import LanguageSettings
from nlp.signals import SignalKind
from nlp.wording import with_words
from pipelines import fading
from pipelines.comparing import CONFIRM, Comparison, Limits, compare, endorsed
from pipelines.hand_made import AT_FIRST, house
from pipelines.identity import Memory, keep, recall
from pipelines.policy import Change, Policy, carry_out
from pipelines.published import Published, complete, settle
from pipelines.tree import arrange_tree

KINDS = (SignalKind.PAIN, SignalKind.SUGGESTION, SignalKind.JOB, SignalKind.PRAISE)
"""Kinds that gather into themes. Compensation and hand-offs are counted beside the themes they occur with."""

FEWEST_SIGNALS = 12
FADE_AFTER = timedelta(weeks=8)
EMERGING_FOR = timedelta(weeks=4)
PER_THEME = 30
NEWEST_WAITING = 4_000
ORDINARY = (Action.NEW.value, Action.GROW.value, Action.FADE.value, CONFIRM)
_WORK = "refresh of themes"


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did. ``waiting`` counts signals that no theme is near enough for, ``proposed`` undecided proposals.

    ``thorough`` names the kinds that were looked at as a whole.
    """

    changes: tuple[Change, ...]
    themes: int
    signals: int
    waiting: int
    proposed: int = 0
    thorough: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a deployment decided about its themes. ``fade_after``: the silence after which a theme may fade."""

    policy: Policy = Policy.ALL
    fade_after: timedelta = FADE_AFTER


def refresh(
    store: Store,
    settings: LanguageSettings,
    *,
    rules: Rules = Rules(),
    only_propose: bool = False,
    thorough: bool = False,
    progress: Callable[[int], None] = lambda _: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Look for new, grown, merged, split, faded and returned themes of every kind; take what the policy allows.

    ``only_propose`` stores everything as proposals and changes no theme. ``thorough`` looks at everything now. What
    people decided outranks the machine: pinned signals stay, people's names stay. Raises Busy when another refresh
    runs, StoreError.
    """
    with exclusively(store, _WORK, clock=clock):
        at = clock()
        encoder = settle(store, settings)
        house(store, settings, encoder, at - AT_FIRST, at)
        silent = fading.silent(store, at, rules.fade_after)
        changes: list[Change] = []
        looked_over: list[str] = []
        for done, kind in enumerate(KINDS):
            work = _Refresh(store, settings, rules, kind.value, encoder, at, only_propose=only_propose)
            changes += work.run(silent, thorough=thorough)
            looked_over += [kind.value] if work.thorough else []
            progress(done + 1)
        if not only_propose:
            fading.wake_heard(store, at, rules.fade_after)
            draw_map(store, encoder.encoder_id)
    themes = [theme for theme in live_themes(store) if theme.size]
    waiting = sum(count_waiting(store, kind.value) for kind in KINDS)
    signals = waiting + sum(theme.size for theme in themes)
    return Report(tuple(changes), len(themes), signals, waiting, proposals.count(store), tuple(looked_over))


class _Refresh:
    """One refresh of one kind. ``thorough`` is known after ``run``."""

    def __init__(
        self,
        store: Store,
        settings: LanguageSettings,
        rules: Rules,
        kind: str,
        encoder: Published,
        at: datetime,
        *,
        only_propose: bool,
    ) -> None:
        self._store = store
        self._settings = settings
        self._rules = rules
        self._kind = kind
        self._encoder = encoder
        self._decision = Decision(curation.MACHINE, "refresh", at)
        self._only_propose = only_propose
        self.thorough = False

    def run(self, silent: frozenset[int], *, thorough: bool) -> list[Change]:
        known = live_themes(self._store, self._kind)
        signals = sum(theme.size for theme in known) + count_waiting(self._store, self._kind)
        if signals < FEWEST_SIGNALS:
            return []
        memory = recall(self._store, self._kind, self._encoder.encoder_id)
        self.thorough = thorough or memory.calls_for_thorough(signals)
        if self.thorough:
            complete(self._store, self._settings, self._encoder)
        found = self._heard(known)
        if len(found.ids) < FEWEST_SIGNALS:
            return []
        if not self._only_propose:
            known = self._confirm_endorsed(found, known)
        fresh = self._discover(found, memory)
        share = allowance(
            signals,
            memory.signals,
            provisional=memory.identity.provisional,
            ceiling=self._settings.theme_change_budget,
        )
        limits = Limits(share, growth_only=not self.thorough)
        living = silent.intersection(theme.id for theme in known if theme.status is Status.LIVE)
        overdue = {theme.id for theme in known if self._decision.at - theme.created_at > EMERGING_FOR}
        comparison = compare(
            self._kind,
            found,
            known,
            fresh,
            limits,
            decided=decisions(self._store, self._kind),
            waited=memory.waited(found.occurred),
            silent=living,
            overdue=overdue,
        )
        changes = self._take(comparison, found)
        if self._only_propose:
            return changes
        if self.thorough:
            arrange_tree(self._store, self._kind, found, fresh, self._decision)
        keep(self._store, self._kind, memory.after(fresh if self.thorough else None, signals, self._decision.at))
        return changes

    def _heard(self, known: Sequence[LiveTheme]) -> SignalSet:
        if self.thorough:
            return signals_of(self._store, self._kind, self._encoder.encoder_id)
        return sample_of(
            self._store,
            self._kind,
            self._encoder.encoder_id,
            per_theme=PER_THEME,
            newest_waiting=NEWEST_WAITING,
            themes=[theme.id for theme in known if theme.size],
        )

    def _discover(self, found: SignalSet, memory: Memory) -> Communities:
        past = memory.identity.resolutions if self.thorough else ()
        spoken = with_words(found.vectors, found.texts).copy()
        # What may be said of anything joins a theme or waits; it founds none.
        spoken[[not says_something(text) for text in found.texts]] = 0
        return discover(spoken, seed=self._settings.theme_seed, past_resolutions=past)

    def _confirm_endorsed(self, found: SignalSet, known: Sequence[LiveTheme]) -> tuple[LiveTheme, ...]:
        theirs = endorsed(found, known)
        for theme_id in theirs:
            standing.confirm(self._store, theme_id, self._decision)
        return tuple(replace(theme, status=Status.LIVE) if theme.id in theirs else theme for theme in known)

    def _take(self, comparison: Comparison, found: SignalSet) -> list[Change]:
        """Carry out what the policy takes, and store the rest for people to decide on."""
        changes: list[Change] = []
        undecided: list[Suggestion] = []
        for suggestion in comparison.suggestions:
            if self._only_propose or not self._rules.policy.takes(suggestion):
                undecided.append(suggestion)
            elif change := carry_out(self._store, suggestion, self._decision):
                changes.append(change)
        # An ordinary refresh does not look for merges and splits: those that wait are not outdated by it.
        looked_for = None if self.thorough else ORDINARY
        proposals.keep(self._store, self._kind, undecided, self._decision.at, looked_for=looked_for)
        if self._only_propose:
            return changes
        asked = {theme for one in undecided for theme in (one.theme_id, one.target_id)}
        with suppress(CurationError):
            # What a person did to these themes meanwhile stands.
            for theme_id, name in comparison.renames.items():
                if theme_id not in asked:
                    exemplar = int(found.ids[name.exemplar])
                    curation.rename(
                        self._store, theme_id, name.name, self._decision, terms=name.terms, exemplar=exemplar
                    )
        for theme_id in comparison.dissolving:
            with suppress(CurationError):
                standing.dissolve(
                    self._store, theme_id, Decision(curation.MACHINE, "it did not hold", self._decision.at)
                )
        return changes
