"""The Feedback event, schema version 1: what producers send. Its JSON Schema is ``docs/feedback.v1.schema.json``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(max_length=200)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class SegmentEvent(BaseModel):
    """A stretch of one speaker's words."""

    model_config = ConfigDict(extra="allow")

    speaker: Literal["customer", "agent", "note"] = Field(
        description="Who said it: the customer, the agent to the customer, or the agent's own note."
    )
    text: str = Field(max_length=200_000, description="The words.")


class FeedbackEvent(BaseModel):
    """One care note, ticket, review or survey answer. Fields not named here are kept."""

    model_config = ConfigDict(extra="allow", title="Earshot Feedback, version 1")

    schema_version: Literal[1] = Field(default=1, description="Version of this schema.")
    source: Identifier = Field(
        description="The system it comes from, such as 'zendesk'. With external_id it identifies the record for ever."
    )
    external_id: Identifier = Field(description="The record's id in that system.")
    version: int = Field(
        default=0,
        ge=0,
        le=2**62,
        description="Counts edits of the same record; a lower one never overwrites a higher one.",
    )
    occurred_at: AwareDatetime = Field(description="When it was said (ISO 8601 with zone). Trends use this time.")
    segments: list[SegmentEvent] = Field(min_length=1, max_length=2000, description="The words, in order, by speaker.")
    conversation_id: Name = Field(
        default="", description="What records of one matter share; repeat contacts are counted by it."
    )
    channel: Name = Field(default="", description="chat, phone, email, review, survey, social, walkin, internal, ...")
    customer_kind: Literal["external", "internal"] = Field(
        default="external", description="A customer of the company, or a colleague served by a desk."
    )
    customer_id: Name = Field(
        default="", description="Hashed with the deployment's key on arrival; the raw id is never stored."
    )
    agent_id: Name = Field(
        default="", description="Hashed with the deployment's key on arrival; the raw id is never stored."
    )
    product: Name = Field(default="", description="The product or service it is about.")
    plan: Name = Field(default="", description="The customer's plan or tariff.")
    region: Name = Field(default="", description="The customer's region.")
    language: Name = Field(default="", description="BCP 47 tag when the sender knows it, such as 'en' or 'de'.")
    app_version: Name = Field(default="", description="Version of the app or product.")
    handle_minutes: Amount | None = Field(default=None, description="Minutes an agent spent on it.")
    refund: Amount | None = Field(default=None, description="Money given back, in currency.")
    credit: Amount | None = Field(default=None, description="Credit or goodwill given, in currency.")
    currency: Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] = Field(
        default="", description="ISO 4217 code, such as EUR."
    )
    csat: Annotated[float, Field(ge=0, le=10)] | None = Field(
        default=None, description="The customer's rating, as given (0 to 10)."
    )
    attributes: dict[str, str] = Field(
        default_factory=dict, max_length=100, description="Further fields to segment by, as text."
    )


def json_schema() -> dict[str, Any]:
    """Return the event's JSON Schema (draft 2020-12), as shipped in ``docs/``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | FeedbackEvent.model_json_schema()
