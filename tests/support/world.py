"""What stands in the places of addresses when every kind of person tries every door."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState, RefusalReason
from app.domain.ranking.canonical import canonical, sha256
from app.domain.sameness import mark_of
from app.features.integrity import accounts
from app.features.moderation import picture
from app.features.workshop import publishing
from app.kit.tokens import keyed_hash, new_token
from app.models import (
    AgendaItem,
    Attendee,
    Call,
    ContactMessage,
    Idea,
    Person,
    ProgrammePart,
    Report,
    Round,
    RoundOption,
)
from app.models.argument import ArgumentState
from app.models.entry import CodeBatch, DeviceSession, Invitation, SecondFactor, TrustedDomain
from app.models.integrity import KnownNetwork
from app.models.moderation import (
    FlaggedWord,
    ModerationVerb,
    ReportReason,
    Sanction,
    SanctionKind,
    SanctionReason,
)
from app.models.outcome import WorkshopEvening
from app.models.person import Role
from app.models.queue import QueueItem, QueueKind
from app.models.room import RoundKind, RoundState
from app.models.seal import SealReason
from app.models.workshop import AgendaInvitation, AgendaItemKind, AgendaVersion, Invited
from app.records import (
    agenda_invitations,
    agendas,
    calls,
    decisions,
    frames,
    queue,
    sanctions,
    seals,
    standings,
)
from tests import factories
from tests.support import chamber, odd_votes


@dataclass
class World:
    """What stands in the places of addresses: fresh for every request, by the author whom the tests know."""

    author: Person

    def values(self, endpoint: str) -> dict[str, Any]:
        """The places of an address filled in so that the view has something to do."""
        room, _dot, view = endpoint.partition(".")
        if endpoint == "devices.end":
            return {"session_id": self._session()}
        if endpoint in ("accounts.demo_sign_in", "accounts.open_link"):
            return {"person_id": self._demo_person(), "token": "geen-echte-sleutel"}
        if room == "second_factor":
            return {"person_id": self._with_second_factor()}
        if room in ("codes", "invitations"):
            return self._way_in()
        if room == "conduct":
            return self._measure()
        if endpoint == "discussion.report_practice":
            return {"practice_id": factories.a_practice(factories.a_process()).id}
        if room == "moderation":
            return self._for_moderators(view)
        if room in ("appeals", "public_log"):
            return self._of_due_process()
        if room in ("integrity", "objections"):
            return self._votes_that_stand_out()
        if room == "friction":
            return {"word_id": self._flagged_word()}
        if room == "waves":
            return {"by": "tekst", "mark": self._wave(), "batch": "0" * 32}
        if room == "duplicates":
            idea = self._idea()
            pair = factories.a_pair(idea, factories.an_idea(idea.call))
            return {"idea_id": idea.id, "proposal_id": pair.id}
        if room == "agenda_vote":
            return {"call_id": self._open_agenda_vote()}
        if endpoint.startswith("processes.") or room in ("partners", "practices"):
            return self._of_a_process(room, view)
        if room in ("room", "hall", "rounds", "answers", "paper", "following"):
            return self._of_a_room(view)
        if room in ("workshop", "projector", "desk", "agenda_versions", "agenda_answers"):
            return self._of_a_workshop()
        if room == "live":
            return {"channel": "scherm", "key": factories.a_workshop(factories.a_call()).id}
        if room in ("outcomes", "evening_pictures", "evening_report"):
            return self._of_an_evening(view)
        if room == "gatherings":
            return self._of_an_activity()
        if room in ("council", "council_desk"):
            return self._of_the_council(view)
        if room == "stands":
            return self._of_a_standing()
        if room == "notifications":
            return {"what": "idee", "number": self._idea().id, "token": "geen-echte-sleutel"}
        if room == "integrity_settings":
            cidr = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::/64"
            network = KnownNetwork(name="Bibliotheek", cidr=cidr, added_at=datetime.now(UTC))
            db.session.add(network)
            db.session.flush()
            return {"slug": factories.a_process().slug, "network_id": network.id}
        if room in ("organiser", "moderation_settings"):
            message = ContactMessage(body="Een vraag over het traject.", created_at=datetime.now(UTC))
            db.session.add(message)
            db.session.flush()
            idea = self._idea()
            return {"idea_id": idea.id, "message_id": message.id, "slug": idea.call.process.slug}
        if endpoint == "media.image":
            return {
                "idea_id": factories.an_image(self._idea()).idea_id,
                "key": factories.IMAGE_KEY,
                "width": 480,
            }
        if endpoint == "curating.taken_image":
            return {"decision_id": self._taken_image()}
        if endpoint in ("ideas.edit", "ideas.withdraw"):
            return {"idea_id": self._idea(IdeaState.DRAFT).id}
        idea = self._idea()
        return {"idea_id": idea.id, "argument_id": factories.an_argument(idea, self.author).id}

    def _of_a_room(self, view: str) -> dict[str, Any]:
        """A workshop with open doors, somebody in it, and an open question with two answers."""
        now = datetime.now(UTC)
        doors = now + timedelta(hours=1)
        workshop = factories.a_workshop(factories.a_call(), doors_until=doors)
        here = Attendee(workshop_id=workshop.id, group=Group.COUNCIL, arrived_at=now, token_hash=new_token())
        asked = Round(workshop_id=workshop.id, question="Wat wil je?", kind=RoundKind.OPEN, created_at=now)
        asked.state = RoundState.PLANNED if view in ("remove", "change") else RoundState.CLOSED
        db.session.add_all([here, asked])
        db.session.flush()
        options = [
            RoundOption(round_id=asked.id, text=text, key=text, created_at=now)
            for text in ("Bomen", "Banken")
        ]
        db.session.add_all(options)
        db.session.flush()
        return {
            "workshop_id": workshop.id,
            "code": workshop.join_code,
            "attendee_id": here.id,
            "round_id": asked.id,
            "option_id": options[0].id,
        }

    def _of_a_workshop(self) -> dict[str, Any]:
        """A workshop with a break, a version of its agenda, and somebody who is asked to come."""
        call, now, token = factories.a_call(), datetime.now(UTC), new_token()
        workshop, theme = factories.a_workshop(call), factories.a_theme(call.process)
        item = AgendaItem(
            workshop_id=workshop.id, kind=AgendaItemKind.BREAK, title="Pauze", minutes=15, position=1
        )
        asked = AgendaInvitation(
            workshop_id=workshop.id,
            theme_id=theme.id,
            person_id=self.author.id,
            role=Invited.PROPOSER,
            token_hash=agenda_invitations.token_hash(token),
            asked_at=now,
        )
        db.session.add_all([item, asked])
        db.session.flush()
        values = {"workshop_id": workshop.id, "item_id": item.id, "theme_id": theme.id, "token": token}
        values |= {"invitation_id": asked.id, "number": 1, "name": "agenda.json"}
        call_id, number = call.id, workshop.id
        db.session.commit()
        standings.refresh(call_id, now)
        row = agendas.workshop(number)
        frame = frames.read(row.call_slug) if row else None
        assert row is not None
        assert frame is not None
        draft = publishing.draft(row, frame, now)
        assert draft is not None
        text = canonical(draft.document)
        db.session.add(
            AgendaVersion(workshop_id=number, number=1, document=text, digest=sha256(text), published_at=now)
        )
        db.session.flush()
        return values

    def _way_in(self) -> dict[str, Any]:
        """A batch of voting codes, an invitation that waits and a mail domain."""
        now = datetime.now(UTC)
        call, later = factories.a_call(), now + timedelta(days=1)
        token = new_token()
        made: dict[str, Any] = {
            "batch_id": CodeBatch(call_id=call.id, count=1, created_at=now, expires_at=later),
            "invitation_id": Invitation(
                email=f"{token[:20].lower()}@voorbeeld.example",
                group=Group.COUNCIL,
                token_hash=keyed_hash("invitation", token),
                created_at=now,
                expires_at=later,
            ),
            "domain_id": TrustedDomain(domain=f"{call.slug}.example", group=Group.COUNCIL, created_at=now),
        }
        db.session.add_all(made.values())
        db.session.flush()
        return {**{place: thing.id for place, thing in made.items()}, "token": token}

    def _idea(self, state: IdeaState = IdeaState.PUBLISHED) -> Idea:
        return factories.an_idea(author=self.author, state=state)

    def _votes_that_stand_out(self) -> dict[str, Any]:
        """A signal with an exclusion in force, to which somebody objects."""
        idea = self._idea()
        voters = [factories.a_vote(idea) for _ in range(3)]
        signal = odd_votes.a_signal(idea, [*voters, factories.a_vote(idea, self.author)])
        exclusion = odd_votes.an_exclusion(signal, factories.a_person(), factories.a_person())
        voter = odd_votes.an_objection(exclusion)
        return {
            "signal_id": signal.id,
            "exclusion_id": exclusion.id,
            "token": accounts.tokens_of(signal.id, [voter])[voter],
        }

    def _open_agenda_vote(self) -> int:
        """The main call, in which people can tick themes."""
        main = calls.main_call()
        call = db.session.get_one(Call, main.id) if main else factories.a_call()
        call.agenda_ballot = True
        db.session.flush()
        return call.id

    def _taken_image(self) -> int:
        """A decision that took the image off an idea, which is still kept."""
        idea = self._idea()
        key = factories.an_image(idea).key
        moderator, words = factories.a_person(Role.MODERATOR), "Dit beeld hoort hier niet bij."
        taken = picture.take(moderator, idea, key, RefusalReason.ADVERTISING, words, datetime.now(UTC))
        return taken.id

    def _flagged_word(self) -> int:
        row = FlaggedWord(word=secrets.token_hex(8), added_at=datetime.now(UTC))
        db.session.add(row)
        db.session.flush()
        return row.id

    def _wave(self) -> str:
        """Ideas of somebody new that say the same; what they have in common."""
        stranger, text = factories.a_person(), f"Kijk op www.{secrets.token_hex(8)}.example voor snel geld."
        for _ in range(3):
            idea = factories.an_idea(None, stranger, state=IdeaState.SUBMITTED, body=text)
            queue.put(QueueKind.IDEA, idea, datetime.now(UTC))
        return mark_of("", text)

    def _session(self) -> int:
        """One of the author on another device."""
        now = datetime.now(UTC)
        session = DeviceSession(
            person_id=self.author.id, key_hash=secrets.token_hex(32), created_at=now, seen_at=now
        )
        db.session.add(session)
        db.session.flush()
        return session.id

    def _demo_person(self) -> int:
        return factories.a_person(demo_order=1).id

    def _with_second_factor(self) -> int:
        person, now = factories.a_person(), datetime.now(UTC)
        db.session.add(SecondFactor(person_id=person.id, secret=b"", created_at=now, confirmed_at=now))
        return person.id

    def _for_moderators(self, view: str) -> dict[str, Any]:
        waiting = {"publish", "refuse", "return_", "review"}
        states = {"restore": IdeaState.HIDDEN, **dict.fromkeys(waiting, IdeaState.SUBMITTED)}
        idea = self._idea(states.get(view, IdeaState.PUBLISHED))
        hidden = ArgumentState.HIDDEN if view == "restore_argument" else ArgumentState.PUBLISHED
        argument = factories.an_argument(idea, self.author, state=hidden)
        report = Report(
            idea_id=idea.id,
            reporter_id=factories.a_person().id,
            reason=ReportReason.INSULT,
            created_at=datetime.now(UTC),
        )
        db.session.add(report)
        db.session.flush()
        queue.put(QueueKind.REPORT, idea, report.created_at, is_live=True)
        item = db.session.scalars(select(QueueItem.id).where(QueueItem.idea_id == idea.id)).first()
        return {
            **self._decided(),
            "idea_id": idea.id,
            "argument_id": argument.id,
            "report_id": report.id,
            "item_id": item,
            "kind": "idee",
            "number": idea.id,
        }

    def _decided(self) -> dict[str, Any]:
        """A decision of a moment ago that can be undone, alone or with its batch."""
        idea, batch = self._idea(IdeaState.HIDDEN), secrets.token_hex(16)
        decision = decisions.write(
            idea,
            ModerationVerb.HIDE,
            factories.a_person(Role.MODERATOR),
            datetime.now(UTC),
            reason=RefusalReason.INSULT,
            sentence="Een zin die lang genoeg is.",
            before={"state": "published"},
            batch=batch,
        )
        db.session.flush()
        return {"decision_id": decision.id, "batch": batch}

    def _of_due_process(self) -> dict[str, Any]:
        """A decision and a sanction that the author can still appeal against, and an appeal against another one."""
        now = datetime.now(UTC)
        staff = factories.a_person(Role.MODERATOR)
        sanction = factories.a_sanction(self.author, staff)
        waits = factories.an_appeal(factories.a_decision(self._idea(), staff), self.author)
        decision = factories.a_decision(self._idea(), staff, decided_at=now - timedelta(hours=1))
        return {
            "decision_id": decision.id,
            "sanction_id": sanction.id,
            "appeal_id": waits.id,
            "token": sanctions.token_of(sanction),
        }

    def _measure(self) -> dict[str, Any]:
        """A warning of the author."""
        warning = Sanction(
            person_id=self.author.id,
            kind=SanctionKind.WARN,
            reason=SanctionReason.OTHER,
            sentence="Een zin die lang genoeg is.",
            by_id=factories.a_person().id,
            started_at=datetime.now(UTC),
        )
        db.session.add(warning)
        db.session.flush()
        token = sanctions.token_of(warning)
        return {"person_id": self.author.id, "sanction_id": warning.id, "token": token}

    def _of_a_standing(self) -> dict[str, Any]:
        call, now = factories.a_call(), datetime.now(UTC)
        workshop = factories.a_workshop(call)
        db.session.commit()
        snapshot = seals.seal(call.id, SealReason.WORKSHOP, now, workshop_id=workshop.id)
        plan = seals.plan(call.id, now + timedelta(days=1), now)
        return {"snapshot_id": snapshot.id, "plan_id": plan.id, "workshop_id": workshop.id}

    def _of_an_evening(self, view: str) -> dict[str, Any]:
        """A workshop that began an hour ago, with an outcome and a picture; finished where everybody reads."""
        now = datetime.now(UTC)
        process = factories.a_process()
        call, theme = factories.a_call(process), factories.a_theme(process)
        workshop = factories.a_workshop(call)
        workshop.activity.starts_at = now - timedelta(hours=1)
        outcome = factories.an_outcome(workshop, theme)
        picture = factories.a_picture(workshop)
        if view in ("show", "download", "image", "reopen"):
            db.session.add(WorkshopEvening(workshop_id=workshop.id, finished_at=now, told_at=now))
        db.session.commit()
        standings.refresh(call.id, now)  # so that the page has nothing to compute
        return {
            "workshop_id": workshop.id,
            "theme_id": outcome.theme_id,
            "picture_id": picture.id,
            "key": picture.digest,
            "width": 480,
            "where": "later",
            "ending": "docx",
        }

    def _of_an_activity(self) -> dict[str, Any]:
        process = factories.a_process()
        start = datetime.now(UTC) + timedelta(days=1)
        activity = factories.an_activity(process, starts_at=start, capacity=10)
        db.session.add(ProgrammePart(activity_id=activity.id, title="Uitleg", text="Wat kan er?"))
        file = factories.a_file(activity.id)
        return {
            "activity_id": activity.id,
            "slug": process.slug,
            "file_id": file.id,
            "filename": file.filename,
        }

    def _of_the_council(self, view: str) -> dict[str, Any]:
        """A process with something at every station."""
        made = chamber.a_chamber(factories.a_call(), self.author)
        is_decided = view in ("decide", "decision")
        return {
            "slug": made.slug,
            "ending": "pdf",
            "element_id": made.adopted if view in ("add_milestone", "finish") else made.free,
            "proposal_id": made.handed_in if is_decided else made.proposal,
            "decision_id": made.decision,
            "clock_id": made.clock,
            "milestone_id": made.milestone,
        }

    def _of_a_process(self, room: str, view: str) -> dict[str, Any]:
        process = factories.a_process()
        if room == "partners":
            return {"slug": factories.an_organisation(verified_at=datetime.now(UTC)).slug}
        if room == "practices":
            if view in ("publish", "refuse", "review", "reported", "keep", "take_out"):
                return {"practice_id": factories.a_suggestion(process, self.author).id}
            return {"slug": factories.a_practice(process).slug}
        call = factories.a_call(process)
        theme = factories.a_theme(process)
        factories.an_idea(call, self.author, themes=[theme])
        activity = factories.an_activity(process)
        return {"slug": process.slug, "theme_id": theme.id, "activity_id": activity.id}
