"""The list of words and the level of friction for organisers, and what forms and texts ask of this room."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.text_patterns import STARTER_WORDS
from app.features.friction import forms, queries, service
from app.kit import clock, doors, jobs, proof
from app.kit.identity import current_person, the_person
from app.models.argument import Argument
from app.models.idea import Idea
from app.records import checks, friction, pressure

bp = Blueprint("friction", __name__)
MEASURED_EVERY = timedelta(seconds=10)


@bp.record
def _set_up(state: BlueprintSetupState) -> None:
    jobs.register(jobs.Job("pressure", MEASURED_EVERY, pressure.job))
    jobs.register(jobs.Job("forget-proofs", timedelta(minutes=10), proof.sweep))


@bp.app_template_global()
def proof_challenge(purpose: str) -> proof.Challenge | None:
    """What a form asks of the browser of this visitor, see components/proof.html."""
    return friction.challenge(purpose, proof.sent(), current_person(), clock.now())


bp.add_app_template_global(friction.said, "proof_refusal")
bp.add_app_template_global(checks.summary, "check_summary")


@bp.app_template_global()
def text_checks(subject: Idea | Argument) -> list[checks.Shown]:
    """What is found in an idea or an argument, see moderation/_checks.html."""
    if isinstance(subject, Idea):
        return checks.of(
            [
                (_("Title"), subject.title),
                (_("In one sentence"), subject.summary),
                (_("Explanation"), subject.body),
            ]
        )
    return checks.of([(_("Text"), subject.body)])


@bp.get("/beheer/woordenlijst")
@doors.organiser
def words() -> ResponseReturnValue:
    """The words that moderators are shown when a text has them."""
    return _words_page(forms.WordsForm())


@bp.post("/beheer/woordenlijst")
@doors.organiser
def add_words() -> ResponseReturnValue:
    """Add words, several at once."""
    form = forms.WordsForm()
    if not form.validate():
        return _words_page(form, 400)
    new = service.add_words(the_person(), form.chosen, clock.now())
    if new:
        flash(ngettext("%(num)s word has been added.", "%(num)s words have been added.", len(new)))
    else:
        flash(_("These words were in the list already."), "info")
    return redirect(url_for("friction.words"), code=303)


@bp.post("/beheer/woordenlijst/<int:word_id>/verwijderen")
@doors.organiser
def remove_word(word_id: int) -> ResponseReturnValue:
    """Take one word out."""
    try:
        word = service.remove_word(the_person(), word_id, clock.now())
        flash(_("“%(word)s” is no longer in the list.", word=word))
    except LookupError:
        flash(_("This word was removed already."), "info")
    return redirect(url_for("friction.words"), code=303)


@bp.get("/beheer/drukte")
@doors.organiser
def level() -> ResponseReturnValue:
    """How hard strangers press the site, and what is asked of them."""
    return _level_page(forms.LevelForm())


@bp.post("/beheer/drukte")
@doors.organiser
def set_level() -> ResponseReturnValue:
    """Fix the level for a while."""
    form = forms.LevelForm()
    if not form.validate():
        return _level_page(form, 400)
    lasts = timedelta(hours=int(form.hours.data))
    service.set_level(the_person(), int(form.level.data), str(form.why.data), lasts, clock.now())
    flash(_("This holds from now on. It ends by itself."))
    return redirect(url_for("friction.level"), code=303)


@bp.post("/beheer/drukte/loslaten")
@doors.organiser
def end_level() -> ResponseReturnValue:
    """Let the site measure by itself again."""
    if service.end_level(the_person(), clock.now()):
        flash(_("The site measures by itself again."))
    else:
        flash(_("Nothing was set by hand."), "info")
    return redirect(url_for("friction.level"), code=303)


def _words_page(form: forms.WordsForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "friction/words.html", form=form, rows=queries.words(), first=STARTER_WORDS
    ), status


def _level_page(form: forms.LevelForm, status: int = 200) -> ResponseReturnValue:
    now = clock.now()
    return (
        render_template(
            "friction/level.html",
            form=form,
            state=pressure.state(now),
            flows=pressure.flows(now),
            stretches=queries.stretches(now),
        ),
        status,
    )
