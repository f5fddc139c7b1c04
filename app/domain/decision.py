"""A yes, or a no that comes with its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:
    """Mark a sentence for translation where it is written; it is translated where it is shown."""
    return message


class NotAllowed(Exception):
    """Somebody asked for what they may not do; carries the decision with its sentence."""

    def __init__(self, decision: "Decision") -> None:
        super().__init__(decision.refusal)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a policy. True when allowed; else `refusal` says why, in English, `values` fill it in.

    The same words stand in the button's place, on the refusal page, in the API answer and in the test.
    """

    refusal: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    needs_sign_in: bool = False
    """Whether signing in may turn the no into a yes, so that a link to do so can take the button's place."""

    def __bool__(self) -> bool:
        return not self.refusal

    def or_raise(self) -> None:
        """Raise NotAllowed when the answer is no."""
        if self.refusal:
            raise NotAllowed(self)


class TooSoon(Decision):
    """A no for now: the same is allowed when some time has passed."""

    __slots__ = ()


YES = Decision()
