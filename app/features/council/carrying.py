"""The organiser's pages about what was promised, how it is carried out, and what we conclude from the process."""

from datetime import timedelta
from typing import Any, TypeVar

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.db import db
from app.features.council import conclusions, executing, forms, promises, queries
from app.features.council.arranging import back, or_not_found, process_of
from app.features.council.decision_routes import bp as bp
from app.features.council.holding import Overtaken
from app.kit import clock, doors, moments
from app.kit.forms import Form
from app.kit.identity import the_person
from app.models.council import FocusElement
from app.models.idea import Idea
from app.models.process import Process
from app.policies.council import may_carry_out
from app.records import clocks, council, execution

F = TypeVar("F", bound=Form)


@bp.get("/antwoorden")
@doors.organiser
def answers(slug: str) -> ResponseReturnValue:
    """What was promised in a process, the first that is due on top."""
    return _answers_page(process_of(slug))


@bp.post("/antwoorden")
@doors.organiser
def promise(slug: str) -> ResponseReturnValue:
    """Promise an answer on a focus element or an idea."""
    process, now = process_of(slug), clock.now()
    form = _promise_form(process)
    is_filled, subject = form.validate_on_submit(), _subject(process, *form.chosen)
    due_at = moments.moment(moments.day(form.day.data), clocks.LAST_MINUTE)
    if subject is None:
        field = form.other if form.other.data else form.subject
        field.errors = (
            *field.errors,
            _("Choose a focus element or an idea of this process that is on the site."),
        )
    if not is_filled or subject is None or due_at is None:
        return _answers_page(process, 400, form=form)
    try:
        promises.promise(the_person(), process.id, subject, str(form.promised_by.data), due_at, now)
    except Overtaken as error:
        return _answers_page(process_of(slug), 409, form=form, overtaken=error)
    flash(_("The promise is on the site, with its day."))
    return back(slug, "answers")


@bp.post("/antwoorden/<int:clock_id>")
@doors.organiser
def answer(slug: str, clock_id: int) -> ResponseReturnValue:
    """Answer what was promised on a focus element."""
    process, form = process_of(slug), forms.AnswerForm(prefix=f"answer-{clock_id}-")
    if not form.validate_on_submit():
        return _answers_page(process, 400, answer_form=form, about=clock_id)
    try:
        with or_not_found():
            promises.answer(the_person(), process.id, clock_id, str(form.text.data), clock.now())
    except Overtaken as error:
        return _answers_page(process_of(slug), 409, answer_form=form, about=clock_id, overtaken=error)
    flash(_("The answer is on the site. Followers, and voters who wish so, hear of it."))
    return back(slug, "answers")


@bp.get("/uitvoering")
@doors.organiser
def carrying_out(slug: str) -> ResponseReturnValue:
    """Milestones of what the council agreed with."""
    return _execution_page(process_of(slug))


@bp.post("/uitvoering/<int:element_id>")
@doors.organiser
def add_milestone(slug: str, element_id: int) -> ResponseReturnValue:
    """Plan a milestone."""
    process, form = process_of(slug), forms.MilestoneForm(prefix=f"step-{element_id}-")
    if not form.validate_on_submit():
        return _execution_page(process, 400, form=form, about=element_id)
    with or_not_found():
        executing.add(the_person(), process.id, element_id, form.step, clock.now())
    flash(_("The step is in the plan that everybody sees."))
    return back(slug, "carrying_out", anchor=f"element-{element_id}")


@bp.post("/uitvoering/<int:element_id>/afronden")
@doors.organiser
def finish(slug: str, element_id: int) -> ResponseReturnValue:
    """Everything about this element has been carried out."""
    process, form = process_of(slug), forms.ReasonForm(prefix=f"finish-{element_id}-")
    if not form.validate_on_submit():
        return _execution_page(process, 400, finish=form, about=element_id)
    try:
        with or_not_found():
            moved = executing.finish(the_person(), process.id, element_id, str(form.reason.data), clock.now())
    except Overtaken as error:
        return _execution_page(process_of(slug), 409, finish=form, about=element_id, overtaken=error)
    flash(
        _("Its ideas have been carried out. Authors, followers and voters who wish so hear of it.")
        if moved
        else _("The focus element has been carried out.")
    )
    return back(slug, "carrying_out", anchor=f"element-{element_id}")


@bp.post("/mijlpalen/<int:milestone_id>")
@doors.organiser
def reach(slug: str, milestone_id: int) -> ResponseReturnValue:
    """A milestone was reached, or not yet after all."""
    process, form = process_of(slug), forms.DoneForm()
    if not form.validate_on_submit():
        abort(400)
    done = form.done.data == "1"
    with or_not_found():
        executing.set_done(the_person(), process.id, milestone_id, done=done, now=clock.now())
    flash(_("The step has been taken.") if done else _("The step is to be taken again."))
    return back(slug, "carrying_out")


@bp.post("/mijlpalen/<int:milestone_id>/verwijderen")
@doors.organiser
def remove_milestone(slug: str, milestone_id: int) -> ResponseReturnValue:
    """Take a milestone away."""
    process = process_of(slug)
    try:
        executing.remove(the_person(), process.id, milestone_id, clock.now())
    except Overtaken as error:
        return _execution_page(process_of(slug), 409, overtaken=error)
    flash(_("The step is gone."))
    return back(slug, "carrying_out")


@bp.get("/evaluatie")
@doors.organiser
def conclusion(slug: str) -> ResponseReturnValue:
    """What the organisers conclude from the process."""
    return _conclusion_page(process_of(slug))


@bp.post("/evaluatie")
@doors.organiser
def conclude(slug: str) -> ResponseReturnValue:
    """Write the conclusion, and within how many days ideas are answered."""
    process, form = process_of(slug), forms.EvaluationForm(prefix="evaluation-")
    if not form.validate_on_submit():
        return _conclusion_page(process, 400, form=form)
    try:
        conclusions.conclude(
            the_person(),
            process.id,
            str(form.text.data or ""),
            form.answer_days.data or 0,
            str(form.seen.data),
            clock.now(),
        )
    except Overtaken as error:
        return _conclusion_page(process_of(slug), 409, form=form, overtaken=error)
    flash(_("Your conclusion has been saved."))
    return back(slug, "conclusion")


def _promise_form(process: Process) -> forms.PromiseForm:
    form = forms.PromiseForm(prefix="promise-")
    promised = {row.element_id for row in clocks.of_process(process.id)}
    form.subject.choices = [
        *(
            SelectChoice(f"{forms.ELEMENT}-{row.id}", row.title, optgroup=_("Focus elements"))
            for row in council.focus_of(process.id)
            if row.id not in promised
        ),
        *(
            SelectChoice(f"{forms.IDEA}-{number}", title, optgroup=_("Ideas"))
            for number, title in queries.ideas_to_promise(process.id)
        ),
    ]
    form.tomorrow = moments.day_of(clock.now() + timedelta(days=1))
    return form


def _subject(process: Process, kind: str, number: int) -> FocusElement | Idea | None:
    if kind == forms.IDEA:
        return queries.idea_in(process.id, number)
    element = db.session.get(FocusElement, number) if kind == forms.ELEMENT else None
    return element if element is not None and element.process_id == process.id else None


def _keep_choice(process: Process, form: forms.PromiseForm) -> None:
    """What was chosen stays chosen where the form comes back, also when it has a promise by now."""
    choices: list[Any] = list(form.subject.choices or ())
    if form.other.data or form.subject.data in {choice.value for choice in choices}:
        return
    subject = _subject(process, *form.chosen)
    if subject is not None:
        form.subject.choices = [*choices, SelectChoice(form.subject.data, subject.title)]


def _sent_or(sent: F | None, is_about: bool, kind: type[F], prefix: str) -> F:
    """The form that was sent, where it is about this row; an empty one elsewhere."""
    return sent if sent is not None and is_about else kind(prefix=prefix, formdata=None)


def _answers_page(
    process: Process,
    status: int = 200,
    *,
    form: forms.PromiseForm | None = None,
    answer_form: forms.AnswerForm | None = None,
    about: int = 0,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    now = clock.now()
    shown = form
    if shown is not None:
        _keep_choice(process, shown)
    else:
        shown = _promise_form(process)
        shown.process(formdata=None)
        shown.day.data = moments.day_of(clocks.end_of_day(now, process.answer_days)).isoformat()
        shown.promised_by.data = _("The municipality")
    rows = clocks.of_process(process.id)
    page = render_template(
        "council/answers.html",
        process=process,
        rows=rows,
        answers={
            row.id: _sent_or(answer_form, row.id == about, forms.AnswerForm, f"answer-{row.id}-")
            for row in rows
            if row.element_id and (not row.is_answered or row.id == about)
        },
        form=shown,
        moment=now,
        sent=form or answer_form,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _execution_page(
    process: Process,
    status: int = 200,
    *,
    form: forms.MilestoneForm | None = None,
    finish: forms.ReasonForm | None = None,
    about: int = 0,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    steps = execution.of_process(process.id)
    taken = [row for row in council.focus_of(process.id) if may_carry_out(the_person(), row)]
    page = render_template(
        "council/execution.html",
        process=process,
        elements=[
            (
                row,
                steps.get(row.id, []),
                _sent_or(form, row.id == about, forms.MilestoneForm, f"step-{row.id}-"),
                _sent_or(finish, row.id == about, forms.ReasonForm, f"finish-{row.id}-"),
            )
            for row in taken
        ],
        finishes=executing.finishes(process.id),
        today=moments.day_of(clock.now()),
        sent=form or finish,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _conclusion_page(
    process: Process,
    status: int = 200,
    *,
    form: forms.EvaluationForm | None = None,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    shown = form or forms.EvaluationForm(
        prefix="evaluation-",
        formdata=None,
        data={"text": process.evaluation, "answer_days": process.answer_days},
    )
    shown.seen.data = conclusions.mark(process.evaluation, process.answer_days)
    page = render_template(
        "council/conclusion.html",
        process=process,
        form=shown,
        sent=form,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status
