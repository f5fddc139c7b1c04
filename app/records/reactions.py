"""Moving arguments and replies through their life, with the number on their ideas exact."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import case, select, update

from app.db import db
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea


def move(arguments: Sequence[Argument], state: ArgumentState) -> list[int]:
    """Bring arguments from the state they are in to another one; the numbers of those that went.

    Whoever was changed in the meantime stays. The caller commits; nothing is loaded anew.
    """
    moved: list[int] = []
    steps: Counter[int] = Counter()
    for before in {argument.state for argument in arguments}:
        numbers = [argument.id for argument in arguments if argument.state == before]
        went = db.session.execute(
            update(Argument)
            .where(Argument.id.in_(numbers), Argument.state == before)
            .values(state=state)
            .returning(Argument.id, Argument.idea_id)
            .execution_options(synchronize_session=False)
        ).all()
        step = (state == ArgumentState.PUBLISHED) - (before == ArgumentState.PUBLISHED)
        for number, idea_id in went:
            moved.append(number)
            steps[idea_id] += step
    _count(steps)
    return moved


def _count(steps: Counter[int]) -> None:
    """Count the published arguments of ideas up or down, in one statement, and show their pages anew."""
    if not steps:
        return
    numbers = sorted(steps)
    # Who changes several at once does so in the same order.
    locked = select(Idea.id).where(Idea.id.in_(numbers)).order_by(Idea.id).with_for_update(key_share=True)
    db.session.execute(locked).all()
    db.session.execute(
        update(Idea)
        .where(Idea.id.in_(numbers))
        .values(
            argument_count=Idea.argument_count + case(dict(steps), value=Idea.id),
            version=Idea.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
