"""The life of an idea: its states, the verbs that lead from one to another, and its public status beside it."""

from collections.abc import Mapping
from enum import StrEnum


class IdeaState(StrEnum):
    """Where an idea stands with its author and the moderators."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REFUSED = "refused"
    PUBLISHED = "published"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"


class IdeaVerb(StrEnum):
    """What somebody can do to an idea."""

    SUBMIT = "submit"
    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    HIDE = "hide"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    MERGE = "merge"


_S, _V = IdeaState, IdeaVerb
TRANSITIONS: Mapping[tuple[IdeaState, IdeaVerb], IdeaState] = {
    (_S.DRAFT, _V.SUBMIT): _S.SUBMITTED,
    (_S.RETURNED, _V.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, _V.PUBLISH): _S.PUBLISHED,
    (_S.SUBMITTED, _V.RETURN): _S.RETURNED,
    (_S.SUBMITTED, _V.REFUSE): _S.REFUSED,
    (_S.PUBLISHED, _V.HIDE): _S.HIDDEN,
    (_S.HIDDEN, _V.RESTORE): _S.PUBLISHED,
    (_S.PUBLISHED, _V.MERGE): _S.MERGED,
    (_S.DRAFT, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.RETURNED, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.PUBLISHED, _V.WITHDRAW): _S.WITHDRAWN,
}

READABLE_STATES = frozenset({_S.PUBLISHED, _S.MERGED})
"""States whose text everybody may read."""


def state_after(state: IdeaState, verb: IdeaVerb) -> IdeaState | None:
    """The state that the verb leads to, or None when an idea in this state does not know the verb."""
    return TRANSITIONS.get((state, verb))


class PublicStatus(StrEnum):
    """How far a published idea has come on its way to the council and back."""

    OPEN = "open"
    ON_AGENDA = "on_agenda"
    DISCUSSED = "discussed"
    BEFORE_COUNCIL = "before_council"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"
    IN_EXECUTION = "in_execution"
    DONE = "done"


class RefusalReason(StrEnum):
    """Why an idea is refused; each cites a house rule."""

    OFF_TOPIC = "off_topic"
    OUTSIDE_MANDATE = "outside_mandate"
    DUPLICATE = "duplicate"
    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    ADVERTISING = "advertising"
    UNCLEAR = "unclear"


TITLE_LENGTH = (10, 80)
SUMMARY_LENGTH = (20, 140)
BODY_LENGTH = (50, 5000)
ARGUMENT_LENGTH = (30, 500)
REASON_LENGTH = (10, 500)
THEMES_PER_IDEA = (1, 3)
