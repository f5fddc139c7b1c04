"""The life of an idea: its states, the verbs between them, and its public status beside it."""

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
    RECALL = "recall"
    """The site takes it back for another look, after many reports; its votes and its date stay."""


_S, _V = IdeaState, IdeaVerb
TRANSITIONS: Mapping[tuple[IdeaState, IdeaVerb], IdeaState] = {
    (_S.DRAFT, _V.SUBMIT): _S.SUBMITTED,
    (_S.RETURNED, _V.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, _V.PUBLISH): _S.PUBLISHED,
    (_S.SUBMITTED, _V.RETURN): _S.RETURNED,
    (_S.SUBMITTED, _V.REFUSE): _S.REFUSED,
    (_S.PUBLISHED, _V.HIDE): _S.HIDDEN,
    (_S.PUBLISHED, _V.RECALL): _S.SUBMITTED,
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

    @property
    def is_decided(self) -> bool:
        """Whether it was decided what becomes of the idea. Its votes go on for as long as the phase does."""
        return self in DECIDED


_P = PublicStatus
DECIDED = frozenset({_P.ADOPTED, _P.NOT_ADOPTED, _P.IN_EXECUTION, _P.DONE})
STATUS_LADDER: Mapping[PublicStatus, tuple[PublicStatus, ...]] = {
    _P.OPEN: (_P.ON_AGENDA,),
    _P.ON_AGENDA: (_P.DISCUSSED,),
    _P.DISCUSSED: (_P.BEFORE_COUNCIL,),
    _P.BEFORE_COUNCIL: (_P.ADOPTED, _P.NOT_ADOPTED),
    _P.ADOPTED: (_P.IN_EXECUTION,),
    _P.NOT_ADOPTED: (),
    _P.IN_EXECUTION: (_P.DONE,),
    _P.DONE: (),
}
"""Where each public status leads. All but the first come from exactly one other."""


class StatusStep(StrEnum):
    """What a change of public status is."""

    FORWARD = "forward"
    CORRECTION = "correction"


def leads_to(before: PublicStatus, after: PublicStatus) -> bool:
    """Whether going up the ladder from one status comes past the other."""
    return any(step == after or leads_to(step, after) for step in STATUS_LADDER[before])


def status_step(before: PublicStatus, after: PublicStatus) -> StatusStep | None:
    """Forward when the ladder leads there, a correction when it leads back from there, None when neither.

    Going forward may skip rungs: an idea that is simply carried out never was before the council, and steps
    that did not happen would be false. Mistakes happen, so going back along the ladder is allowed as well; like
    every step it needs a reason and is told to the author, and the wrong step stays in the trail, dated, with
    the correction after it. What is not adopted cannot be carried out, and adopted does not turn into not
    adopted: such a mistake is corrected first, so that the trail shows it.
    """
    if leads_to(before, after):
        return StatusStep.FORWARD
    if leads_to(after, before):
        return StatusStep.CORRECTION
    return None


def status_steps(before: PublicStatus) -> dict[PublicStatus, StatusStep]:
    """Every status that an idea can get now: forward in the order of the ladder, then corrections."""
    steps = {after: step for after in PublicStatus if (step := status_step(before, after))}
    return dict(sorted(steps.items(), key=lambda item: item[1] == StatusStep.CORRECTION))


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
