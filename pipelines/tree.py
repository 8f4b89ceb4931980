"""The tree of themes: like themes under lasting parents. Nothing moves in it while a parent's themes keep together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from insights.store import Store
from insights.themes import curation
from insights.themes.curation import CurationError, Decision
from insights.themes.known import LiveTheme, SignalSet, homes_of, live_themes
from insights.themes.tree import arranged_by_people, childless_parents
from nlp.discovery import Communities
from nlp.naming import ThemeName, name_themes
from nlp.signals import SignalKind

_KEEPS = 0.5
_RENAME_SHARE = 0.5
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Arrangement:
    """``placed``: theme to known parent (None: under nobody). ``founded``: groups of themes that get a new parent."""

    placed: dict[int, int | None]
    founded: tuple[tuple[int, ...], ...]


def arrange(groups: Mapping[int, int], parents: Mapping[int, int | None], fixed: frozenset[int]) -> Arrangement:
    """Say where themes belong. ``groups``: theme to fresh group; ``parents``: every theme to its parent as it is now.

    A parent lives in the group that holds most of its themes. While that is at least half of them, all of them stay;
    else those outside leave. Themes without a parent join the parent that lives in their group, or found one, two at
    least. ``fixed`` themes were placed by people and stay.
    """
    children: dict[int, list[int]] = {}
    for theme, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(theme)
    home: dict[int, int] = {}
    leaving: set[int] = set()
    for parent, themes in children.items():
        held = Counter(groups[theme] for theme in themes if theme in groups)
        if not held:
            continue
        home[parent], most = min(held.items(), key=lambda item: (-item[1], item[0]))
        if most < _KEEPS * len(themes):
            leaving |= {theme for theme in themes if theme not in fixed and groups.get(theme) != home[parent]}
    lives: dict[int, int] = {}
    for parent in sorted(home, key=lambda parent: (-len(children[parent]), parent)):
        lives.setdefault(home[parent], parent)
    placed: dict[int, int | None] = dict.fromkeys(sorted(leaving))
    homeless: dict[int, list[int]] = {}
    for theme, group in sorted(groups.items()):
        if theme in fixed or theme in children or (parents.get(theme) is not None and theme not in leaving):
            continue
        if group in lives:
            placed[theme] = lives[group]
        else:
            homeless.setdefault(group, []).append(theme)
    founded = tuple(tuple(themes) for themes in homeless.values() if len(themes) >= _FEWEST)
    return Arrangement(placed, founded)


def arrange_tree(store: Store, kind: str, found: SignalSet, fresh: Communities, decision: Decision) -> None:
    """Put the themes of a kind under parents by the groups of the fresh communities. Raises StoreError."""
    themes = live_themes(store, kind)
    now = homes_of(store, kind)
    homes = np.array([now.get(int(signal), -1) for signal in found.ids], dtype=np.int64)
    parents = {theme.id: theme.parent_id for theme in themes}
    fixed = arranged_by_people(store)
    plan = arrange(_groups(homes, fresh), parents, fixed)
    after = parents | plan.placed
    fresh_parents = {-1 - at: members for at, members in enumerate(plan.founded)}
    members: dict[int, set[int]] = {temporary: set(group) for temporary, group in fresh_parents.items()}
    for theme, parent in after.items():
        if parent is not None:
            members.setdefault(parent, set()).add(theme)
    names = _names(kind, found, homes, themes, parents, members)
    with suppress(CurationError):
        # A person who moves the same theme at this moment wins; the next refresh looks again.
        made = {
            temporary: curation.create(
                store, kind, names[temporary][0], (), decision, terms=names[temporary][1]
            ).theme_id
            for temporary in fresh_parents
        }
        founded = {theme: made[temporary] for temporary, group in fresh_parents.items() for theme in group}
        curation.arrange(store, plan.placed | founded, decision)
        for parent, (name, terms) in names.items():
            if parent > 0:
                curation.rename(store, parent, name, decision, terms=terms)
        for parent in childless_parents(store, kind):
            curation.retire(store, parent, decision)


def _groups(homes: np.ndarray[tuple[int], np.dtype[np.int64]], fresh: Communities) -> dict[int, int]:
    """Return the fresh group in which most of each theme's signals are; themes without a group are left out."""
    groups: dict[int, int] = {}
    group_of = np.full(fresh.count + 1, -1, dtype=np.int64)
    for label, group in fresh.parents.items():
        group_of[label] = group
    rows = group_of[fresh.labels]
    for theme in np.unique(homes[homes >= 0]).tolist():
        ids, sizes = np.unique(rows[homes == theme], return_counts=True)
        best = int(ids[sizes.argmax()])
        if best >= 0:
            groups[theme] = best
    return groups


def _names(
    kind: str,
    found: SignalSet,
    homes: np.ndarray[tuple[int], np.dtype[np.int64]],
    themes: Sequence[LiveTheme],
    before: Mapping[int, int | None],
    members: Mapping[int, set[int]],
) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Name new parents (ids below 0), and known ones half of whose themes changed, over all their themes' texts."""
    changed: list[int] = []
    for parent, now in members.items():
        was = {theme for theme, stood in before.items() if stood == parent}
        if parent < 0 or len(was ^ now) >= _RENAME_SHARE * max(1, len(was)):
            changed.append(parent)
    labels = np.full(len(homes), -1, dtype=np.int64)
    for at, parent in enumerate(changed):
        labels[np.isin(homes, sorted(members[parent]))] = at
    if not changed:
        return {}
    taken = [theme.name for theme in themes if theme.id not in changed]
    named = name_themes(found.texts, labels, found.vectors, taken=taken, kind=SignalKind(kind))
    return {changed[at]: (_family(name), name.terms) for at, name in named.items()}


def _family(name: ThemeName) -> str:
    """A parent is called by the words its themes share: a phrase of one of them would pass one theme off for all."""
    return ", ".join(name.terms).capitalize() if len(name.terms) > 1 else name.name
