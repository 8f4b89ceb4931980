"""The tables, as SQLAlchemy types, a module for each noun. Migrations in ``insights/migrations`` make them; a test holds the two equal.

People appear as keyed hashes only, text is redacted before it comes here, and every moment is UTC.
"""

from insights.tables.annotations import AnnotationRow, SecondOpinionRow, WrittenNoteRow
from insights.tables.counts import (
    CountBlockRow,
    CountRevisionRow,
    CountTouchedRow,
    FacetValueRow,
    MapPointRow,
    SavedSearchRow,
    SearchNoteRow,
)
from insights.tables.delivery import ConsumerOffsetRow, DeadLetterRow, OutboxRow, SettingRow
from insights.tables.heard import FeedbackRow, SegmentRow, SignalRow, VectorRow
from insights.tables.models import ModelTrialRow
from insights.tables.people import AuditRow, IncidentRow, PersonRow, TombstoneRow
from insights.tables.themes import LineageMemberRow, LineageRow, ProposalRow, ThemeRow

__all__ = [
    "AnnotationRow",
    "AuditRow",
    "ConsumerOffsetRow",
    "CountBlockRow",
    "CountRevisionRow",
    "CountTouchedRow",
    "DeadLetterRow",
    "FacetValueRow",
    "FeedbackRow",
    "IncidentRow",
    "LineageMemberRow",
    "LineageRow",
    "MapPointRow",
    "ModelTrialRow",
    "OutboxRow",
    "PersonRow",
    "ProposalRow",
    "SavedSearchRow",
    "SearchNoteRow",
    "SecondOpinionRow",
    "SegmentRow",
    "SettingRow",
    "SignalRow",
    "ThemeRow",
    "TombstoneRow",
    "VectorRow",
    "WrittenNoteRow",
]
