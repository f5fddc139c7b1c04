"""States of moderation and integrity that a plain visit misses: faults in decisions, appeals, merges, measures."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import Select, delete, select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Appeal, Argument, Idea, Merge, ModerationDecision, Pressure, Report, Sanction
from app.models.argument import ArgumentState
from app.models.contribution import IdeaImage
from app.models.duplicate import DuplicateProposal, ProposalState
from app.models.integrity import IntegritySignal, Objection, SignalState
from app.models.moderation import ModerationVerb
from app.models.queue import QueueItem
from tests.support import journey
from tests.support.axe import unfold
from tests.support.browsing import Site
from tests.support.council_states import STATES
from tests.support.states import MODERATOR, ORGANISER, RESIDENT, STRANGER, go, idea, send, state

__all__ = ["STATES"]

# --- the queue


@state(MODERATOR, "moderation.queue")
def _nothing_with_these_words(page: Page, site: Site) -> int:
    """nothing that waits has these words"""
    return go(page, "/moderatie?zoek=onvindbaar")


@state(MODERATOR, "moderation.queue")
def _taken(page: Page, site: Site) -> int:
    """a text that one took, and all of them ticked"""
    go(page, "/moderatie?soort=idea")
    page.locator("[data-claim]").last.click()
    return go(page, "/moderatie?soort=idea&alles=1")


@state(MODERATOR, "moderation.together")
def _ticked(page: Page, site: Site) -> int:
    """several texts to decide on at once"""
    return go(page, f"/moderatie/samen?{_some(site)}")


@state(MODERATOR, "moderation.together", 400)
def _no_decision(page: Page, site: Site) -> int:
    """several texts and no decision"""
    go(page, f"/moderatie/samen?{_some(site)}")
    return send(page, "/samen")


@state(MODERATOR, "moderation.publish", 400)
def _checklist_not_gone_through(page: Page, site: Site) -> int:
    """a checklist that was not gone through"""
    waiting = select(Idea.id).where(Idea.state == IdeaState.SUBMITTED).order_by(Idea.submitted_at)
    go(page, f"/moderatie/ideeen/{site.first(waiting)}")
    return send(page, "/plaatsen")


@state(MODERATOR, "moderation.argument")
def _argument_to_place(page: Page, site: Site) -> int:
    """an argument that readers do not see yet"""
    waiting = select(Argument.id).where(Argument.state == ArgumentState.WAITING)
    return go(page, f"/moderatie/argumenten/{site.first(waiting)}")


def _some(site: Site) -> str:
    first = int(site.first(select(QueueItem.id).where(QueueItem.closed_at.is_(None)).order_by(QueueItem.id)))
    return "&".join(f"kies={number}" for number in range(first, first + 4))


# --- other decisions


@state(MODERATOR, "moderation.note", 400)
def _emptied_note(page: Page, site: Site) -> int:
    """a note without words"""
    waiting = select(Idea.id).where(Idea.state == IdeaState.SUBMITTED).order_by(Idea.submitted_at)
    number = site.first(waiting)
    go(page, f"/moderatie/ideeen/{number}")
    return send(page, f"/notities/idee/{number}")


@state(MODERATOR, "curating.detach", 400)
def _out_of_no_theme(page: Page, site: Site) -> int:
    """out of a theme, without saying which"""
    go(page, f"/moderatie/ideeen/{idea(site)}/thema")
    return send(page)


@state(MODERATOR, "curating.split", 400)
def _split_off_nothing(page: Page, site: Site) -> int:
    """a part split off without a title"""
    go(page, f"/moderatie/ideeen/{idea(site)}/splitsen")
    return send(page)


@state(MODERATOR, "curating.mask_idea", 400)
def _masked_nothing(page: Page, site: Site) -> int:
    """no words to make unreadable"""
    go(page, f"/moderatie/ideeen/{idea(site)}/afschermen")
    return send(page)


@state(MODERATOR, "curating.take_image", 400)
def _image_without_a_reason(page: Page, site: Site) -> int:
    """an image to take off, without a reason"""
    pictured = select(IdeaImage.idea_id).join(Idea, Idea.id == IdeaImage.idea_id)
    shown = pictured.where(Idea.state == IdeaState.PUBLISHED).order_by(Idea.id)
    go(page, f"/moderatie/ideeen/{site.first(shown)}/beeld")
    return send(page)


@state(MODERATOR, "curating.mask_argument", 400)
def _masked_nothing_of_an_argument(page: Page, site: Site) -> int:
    """no words of an argument to make unreadable"""
    go(page, f"/moderatie/argumenten/{_reported_argument(site)}/afschermen")
    return send(page)


def _reported_argument(site: Site) -> int:
    waiting = select(Report.argument_id).where(Report.handled_at.is_(None), Report.argument_id.is_not(None))
    return int(site.first(waiting.order_by(Report.id)))


@state(MODERATOR, "practices.take_out", 400)
def _taken_out_without_words(page: Page, site: Site) -> int:
    """an example taken out without a reason"""
    reported = select(Report.practice_id).where(Report.handled_at.is_(None), Report.practice_id.is_not(None))
    go(page, f"/moderatie/praktijken/{site.first(reported)}/meldingen")
    return send(page, "/weghalen")


# --- appeals


@state(STRANGER, "appeals.mine")
def _own_decisions(page: Page, site: Site) -> int:
    """decisions and measures, one contested"""
    return _as(page, site, select(Sanction.person_id), "/mijn/besluiten")


@state(STRANGER, "appeals.decision")
def _own_appeal(page: Page, site: Site) -> int:
    """an appeal that waits"""
    waits = Appeal.decided_at.is_(None), Appeal.decision_id.is_not(None)
    number = site.first(select(Appeal.decision_id).where(*waits).order_by(Appeal.id))
    return _as(page, site, select(Appeal.author_id).where(Appeal.decision_id == number), f"{_OWN}/{number}")


@state(STRANGER, "appeals.lodge", 400)
def _appeal_without_words(page: Page, site: Site) -> int:
    """an appeal without words"""
    number, author = open_refusal(site)
    site.sign_in(page, author)
    go(page, f"{_OWN}/{number}")
    return send(page, "/bezwaar")


@state(STRANGER, "conduct.my_sanction", 400)
def _appeal_against_a_measure_without_words(page: Page, site: Site) -> int:
    """an appeal against a measure without words"""
    _as(page, site, select(Sanction.person_id), _OWN)
    page.get_by_role("link", name=re.compile("^Lees meer en maak bezwaar")).first.click()
    return send(page)


@state(MODERATOR, "appeals.review")
def _appeal_to_decide(page: Page, site: Site) -> int:
    """an appeal that waits for a second moderator"""
    return go(page, f"/moderatie/bezwaren/{_waiting_appeal(site)}")


@state(MODERATOR, "appeals.decide", 400)
def _appeal_decided_without_reason(page: Page, site: Site) -> int:
    """an appeal answered without a reason"""
    go(page, f"/moderatie/bezwaren/{_waiting_appeal(site)}")
    return send(page, "/besluit")


_OWN = "/mijn/besluiten"


def _waiting_appeal(site: Site) -> int:
    """One on which the moderator of the demo may decide: a colleague took the first decision."""
    query = (
        select(Appeal.id)
        .join(ModerationDecision, ModerationDecision.id == Appeal.decision_id)
        .where(Appeal.decided_at.is_(None), ModerationDecision.moderator_id != site.named(journey.MODERATOR))
    )
    return int(site.first(query.order_by(Appeal.id)))


def open_refusal(site: Site) -> tuple[int, int]:
    """A refusal that may still be contested, and who wrote the idea."""
    query = (
        select(ModerationDecision.id)
        .join(Idea, Idea.id == ModerationDecision.idea_id)
        .where(
            ModerationDecision.verb == ModerationVerb.REFUSE,
            ModerationDecision.decided_at > datetime.now(UTC) - timedelta(days=13),
            Idea.author_id.is_not(None),
            ModerationDecision.id.not_in(select(Appeal.decision_id).where(Appeal.decision_id.is_not(None))),
        )
        .order_by(ModerationDecision.id)
    )
    number = int(site.first(query))
    author = select(Idea.author_id).join(ModerationDecision, ModerationDecision.idea_id == Idea.id)
    return number, int(site.first(author.where(ModerationDecision.id == number)))


def _as(page: Page, site: Site, person: Select[Any], address: str) -> int:
    """Open an address as the first person that a query finds."""
    site.sign_in(page, int(site.first(person)))
    return go(page, address)


# --- ideas that say the same


@state(RESIDENT, "duplicates.suggest", 400)
def _like_no_idea(page: Page, site: Site) -> int:
    """like another idea, without saying which"""
    go(page, f"/ideeen/{idea(site)}/dubbel")
    return send(page, "/dubbel")


@state(STRANGER, "duplicates.answer", 400)
def _asked_without_answer(page: Page, site: Site) -> int:
    """an author who is asked, and sends nothing"""
    number = _pair(site, ProposalState.PROPOSED)
    site.sign_in(page, site.named(journey.MODERATOR))
    go(page, f"/moderatie/dubbel/{number}")
    send(page, "/vragen")
    author = select(Idea.author_id).join(DuplicateProposal, DuplicateProposal.idea_id == Idea.id)
    _as(page, site, author.where(DuplicateProposal.id == number), f"/samenvoegen/{number}")
    return send(page, f"/samenvoegen/{number}")


@state(MODERATOR, "duplicates.compare")
def _merged(page: Page, site: Site) -> int:
    """two ideas that became one"""
    return go(page, f"/moderatie/dubbel/{_pair(site, ProposalState.MERGED)}")


@state(MODERATOR, "duplicates.reject", 400)
def _kept_apart_without_reason(page: Page, site: Site) -> int:
    """two ideas kept apart without a reason"""
    go(page, f"/moderatie/dubbel/{_pair(site, ProposalState.PROPOSED)}")
    return send(page, "/afwijzen")


@state(STRANGER, "ideas.show")
def _with_another_in_it(page: Page, site: Site) -> int:
    """an idea with another one in it, unfolded"""
    status = go(page, f"/ideeen/{site.first(select(Merge.into_id).where(Merge.undone_at.is_(None)))}")
    unfold(page)
    return status


def _pair(site: Site, where: ProposalState) -> int:
    query = select(DuplicateProposal.id).where(DuplicateProposal.state == where)
    return int(site.first(query.order_by(DuplicateProposal.id)))


# --- people and reports


@state(STRANGER, "discussion.report_idea", 400)
def _report_of_nothing(page: Page, site: Site) -> int:
    """a report without account and without reason"""
    go(page, f"/ideeen/{idea(site)}/melden")
    return send(page, "/melden")


@state(STRANGER, "accounts.sign_in")
def _asked_for_work(page: Page, site: Site) -> int:
    """signing in while the site is pressed"""
    now = datetime.now(UTC)
    with site.app.app_context():
        until = now + timedelta(hours=1)
        db.session.add(Pressure(level=2, started_at=now, until=until, figures={"by_hand": True}))
        db.session.commit()
        number = db.session.scalars(select(Pressure.id).order_by(Pressure.id.desc())).first()
    status = go(page, "/inloggen")
    with site.app.app_context():
        db.session.execute(delete(Pressure).where(Pressure.id == number))
        db.session.commit()
    return status


@state(MODERATOR, "conduct.people")
def _nobody(page: Page, site: Site) -> int:
    """nobody found"""
    return go(page, "/moderatie/mensen?zoek=onvindbaar")


@state(MODERATOR, "conduct.person")
def _person_with_measures(page: Page, site: Site) -> int:
    """somebody with measures"""
    return go(page, f"/moderatie/mensen/{site.first(select(Sanction.person_id))}")


@state(MODERATOR, "conduct.impose", 400)
def _measure_without_reason(page: Page, site: Site) -> int:
    """a measure without a reason"""
    go(page, f"/moderatie/mensen/{site.first(select(Sanction.person_id))}")
    return send(page, "/maatregel")


# --- the desk of integrity


@state(MODERATOR, "integrity.show")
def _investigated(page: Page, site: Site) -> int:
    """votes that are being investigated"""
    return go(page, f"/moderatie/integriteit/{_signal(site, SignalState.INVESTIGATING)}")


@state(MODERATOR, "integrity.show")
def _excluded(page: Page, site: Site) -> int:
    """votes that do not count"""
    return go(page, f"/moderatie/integriteit/{_signal(site, SignalState.EXCLUDED)}")


@state(MODERATOR, "integrity.dismiss", 400)
def _nothing_wrong_without_reason(page: Page, site: Site) -> int:
    """nothing wrong, without a reason"""
    go(page, f"/moderatie/integriteit/{_signal(site, SignalState.INVESTIGATING)}")
    return send(page, "/niets-mis")


@state(MODERATOR, "integrity.propose", 400)
def _proposed_without_reason(page: Page, site: Site) -> int:
    """votes proposed not to count, without a reason"""
    go(page, f"/moderatie/integriteit/{_signal(site, SignalState.INVESTIGATING)}")
    return send(page, "/voorstellen")


@state(MODERATOR, "objections.show")
def _objection(page: Page, site: Site) -> int:
    """an objection that waits"""
    return go(page, _objection_at(page, "/moderatie/integriteit/bezwaren"))


@state(MODERATOR, "objections.show", 400)
def _objection_without_reason(page: Page, site: Site) -> int:
    """an objection decided on without a reason"""
    go(page, _objection_at(page, "/moderatie/integriteit/bezwaren"))
    with page.expect_navigation() as arrived:
        page.get_by_role("button", name="Beslissen").click()
    return arrived.value.status


@state(ORGANISER, "objections.organisers_show")
def _objection_of_all_moderators(page: Page, site: Site) -> int:
    """an objection as organisers read it"""
    return go(page, _objection_at(page, "/beheer/bezwaren"))


def _objection_at(page: Page, desk: str) -> str:
    go(page, desk)
    return str(page.locator(f'main a[href*="{desk}/"]').first.get_attribute("href"))


@state(STRANGER, "integrity.mine")
def _own_objection(page: Page, site: Site) -> int:
    """votes of one's own that do not count, contested"""
    return _as(page, site, select(Objection.person_id), "/mijn/stemmen-die-niet-tellen")


def _signal(site: Site, where: SignalState) -> int:
    query = select(IntegritySignal.id).where(IntegritySignal.state == where)
    return int(site.first(query.order_by(IntegritySignal.id)))


# --- organisers


@state(ORGANISER, "friction.words", 400)
def _no_words(page: Page, site: Site) -> int:
    """no words for the list"""
    go(page, "/beheer/woordenlijst")
    with page.expect_navigation() as arrived:
        page.get_by_role("button", name="Toevoegen").click()
    return arrived.value.status


@state(ORGANISER, "friction.level", 400)
def _no_level(page: Page, site: Site) -> int:
    """pressure set by hand, without anything filled in"""
    go(page, "/beheer/drukte")
    return send(page, "/beheer/drukte")


@state(ORGANISER, "integrity_settings.known_networks", 400)
def _no_network(page: Page, site: Site) -> int:
    """a network without a name"""
    go(page, "/beheer/netwerken")
    return send(page, "/beheer/netwerken")


@state(ORGANISER, "integrity_settings.thresholds", 400)
def _thresholds_without_reason(page: Page, site: Site) -> int:
    """other thresholds without a reason"""
    go(page, "/beheer/trajecten/visie-smart-city/signalen")
    return send(page, "/signalen")


@state(ORGANISER, "moderation_settings.show", 400)
def _moderation_without_reason(page: Page, site: Site) -> int:
    """another way to moderate without a reason"""
    go(page, "/beheer/trajecten/visie-smart-city/moderatie")
    return send(page, "/moderatie")


@state(ORGANISER, "organiser.audit")
def _nothing_in_the_log(page: Page, site: Site) -> int:
    """nothing in the log with these words"""
    return go(page, "/beheer/logboek?zoek=onvindbaar")
