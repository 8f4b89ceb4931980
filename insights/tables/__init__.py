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
from insights.tables.echoes import EchoRow, NoticeRow, NoticeWishRow, QuestionRow
from insights.tables.heard import FeedbackRow, SegmentRow, SignalRow, VectorRow
from insights.tables.intake import DeliveryRow, IntakeRow, PullRow
from insights.tables.ledger import BallotBoxRow, BallotRow, LedgerRow
from insights.tables.models import ModelTrialRow
from insights.tables.people import AuditRow, IncidentRow, PersonRow, TombstoneRow
from insights.tables.review import (
    OpportunityEdgeRow,
    OpportunityRow,
    ReviewDecisionRow,
    ReviewItemRow,
    ReviewQuoteRow,
    ReviewRow,
)
from insights.tables.teams import OwnershipRuleRow, TeamMemberRow, TeamRow, ThemeOfferingRow, ThemeOwnerRow
from insights.tables.themes import LineageMemberRow, LineageRow, ProposalRow, ThemeRow
from insights.tables.tokens import TokenRow
from insights.tables.trackers import TrackerLinkRow
from insights.tables.worth import (
    AlertRow,
    AlertStepRow,
    AssumptionRow,
    ProofCaseRow,
    ProofQuoteRow,
)

__all__ = [
    "AlertRow",
    "AlertStepRow",
    "AnnotationRow",
    "AssumptionRow",
    "AuditRow",
    "BallotBoxRow",
    "BallotRow",
    "ConsumerOffsetRow",
    "CountBlockRow",
    "CountRevisionRow",
    "CountTouchedRow",
    "DeadLetterRow",
    "DeliveryRow",
    "EchoRow",
    "FacetValueRow",
    "FeedbackRow",
    "IncidentRow",
    "IntakeRow",
    "LedgerRow",
    "LineageMemberRow",
    "LineageRow",
    "MapPointRow",
    "ModelTrialRow",
    "NoticeRow",
    "NoticeWishRow",
    "OpportunityEdgeRow",
    "OpportunityRow",
    "OutboxRow",
    "OwnershipRuleRow",
    "PersonRow",
    "ProofCaseRow",
    "ProofQuoteRow",
    "ProposalRow",
    "PullRow",
    "QuestionRow",
    "ReviewDecisionRow",
    "ReviewItemRow",
    "ReviewQuoteRow",
    "ReviewRow",
    "SavedSearchRow",
    "SearchNoteRow",
    "SecondOpinionRow",
    "SegmentRow",
    "SettingRow",
    "SignalRow",
    "TeamMemberRow",
    "TeamRow",
    "ThemeOfferingRow",
    "ThemeOwnerRow",
    "ThemeRow",
    "TokenRow",
    "TombstoneRow",
    "TrackerLinkRow",
    "VectorRow",
    "WrittenNoteRow",
]
