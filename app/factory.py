"""Puts the house together: settings, database, kit and the list of rooms."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.db import db, migrate
from app.features.accounts.device_routes import bp as devices
from app.features.accounts.oidc_routes import bp as provider
from app.features.accounts.routes import bp as accounts
from app.features.accounts.second_factor_routes import bp as second_factor
from app.features.codes.routes import bp as codes
from app.features.conduct.routes import bp as conduct
from app.features.council.carrying import bp as council_desk
from app.features.council.files import bp as council
from app.features.desk.routes import bp as desk
from app.features.discussion.routes import bp as discussion
from app.features.duplicates.routes import bp as duplicates
from app.features.friction.routes import bp as friction
from app.features.gatherings.routes import bp as gatherings
from app.features.ideas.changing import bp as changes
from app.features.ideas.list_routes import bp as lists
from app.features.ideas.media import bp as media
from app.features.ideas.routes import bp as ideas
from app.features.ideas.writing_routes import bp as writing
from app.features.integrity.objection_routes import bp as objections
from app.features.integrity.routes import bp as integrity
from app.features.integrity.settings_routes import bp as integrity_settings
from app.features.invitations.routes import bp as invitations
from app.features.live.routes import bp as live_streams
from app.features.moderation.appeals_routes import bp as appeals
from app.features.moderation.curating_routes import bp as curating
from app.features.moderation.decided import bp as moderation
from app.features.moderation.public_log_routes import bp as public_log
from app.features.notifications.routes import bp as notifications
from app.features.offline.routes import bp as offline
from app.features.organiser.log_routes import bp as audit_log
from app.features.organiser.moderation_routes import bp as moderation_settings
from app.features.organiser.routes import bp as organiser
from app.features.outcomes.picture_routes import bp as evening_pictures
from app.features.outcomes.report_routes import bp as evening_report
from app.features.outcomes.routes import bp as outcomes
from app.features.pages.routes import bp as pages
from app.features.partners.managing import bp as partners
from app.features.practices.moderating import bp as practices
from app.features.privacy.routes import bp as privacy
from app.features.processes.routes import bp as processes
from app.features.projector.routes import bp as projector
from app.features.ranking.routes import bp as ranking
from app.features.room.answers_routes import bp as answers
from app.features.room.following_routes import bp as following
from app.features.room.hall_routes import bp as hall
from app.features.room.paper_routes import bp as paper
from app.features.room.proving import bp as entrance
from app.features.room.round_routes import bp as rounds
from app.features.room.routes import bp as room
from app.features.stands.routes import bp as stands
from app.features.voting.agenda_routes import bp as agenda_vote
from app.features.voting.routes import bp as voting
from app.features.waves.routes import bp as waves
from app.features.workshop.answer_routes import bp as agenda_answers
from app.features.workshop.routes import bp as workshop
from app.features.workshop.version_routes import bp as agenda_versions
from app.kit import (
    assets,
    audit_words,
    caching,
    context,
    doors,
    errors,
    forms,
    headers,
    i18n,
    identity,
    incoming,
    limits,
    live,
    logs,
    mail,
    packing,
    paths,
    shown,
    spoken,
    words,
)

if TYPE_CHECKING:
    from config import Config

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    pages,
    accounts,
    devices,
    second_factor,
    provider,
    codes,
    invitations,
    privacy,
    notifications,
    processes,
    gatherings,
    council,
    council_desk,
    ideas,
    writing,
    changes,
    media,
    lists,
    voting,
    agenda_vote,
    discussion,
    moderation,
    curating,
    appeals,
    public_log,
    integrity,
    objections,
    integrity_settings,
    duplicates,
    waves,
    friction,
    conduct,
    organiser,
    audit_log,
    moderation_settings,
    ranking,
    stands,
    workshop,
    agenda_versions,
    agenda_answers,
    projector,
    room,
    following,
    hall,
    entrance,
    rounds,
    answers,
    paper,
    outcomes,
    evening_pictures,
    evening_report,
    desk,
    live_streams,
    offline,
    practices,
    partners,
)


def create_app(config: "Config") -> Flask:
    """The application for these settings. Raises nothing of its own: settings were checked when they were read."""
    app = Flask(
        "app",
        root_path=str(ROOT / "app"),
        instance_path=str(ROOT / "instance"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    app.jinja_environment = spoken.SpokenEnvironment
    app.testing = config.testing
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(config.database_url),
        SESSION_COOKIE_SECURE=config.is_https,
        WTF_CSRF_TIME_LIMIT=None,
        PAGE_CACHE=not config.testing,
        SITE=config,
    )
    Path(app.instance_path).mkdir(exist_ok=True)
    _set_up(app, config)
    for each in ROOMS:
        app.register_blueprint(each)
    cli.register(app)
    if config.trusted_proxies:
        n = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    watch = config.demo and not config.testing
    app.jinja_env.globals["asset"] = assets.Assets(ROOT, watch).url
    app.wsgi_app = assets.wrap(app.wsgi_app, ROOT, watch)  # type: ignore[method-assign]
    return app


def _set_up(app: Flask, config: "Config") -> None:
    """Database and kit, in the order in which they look at a request; what goes out passes them the other way."""
    incoming.init_app(app)
    db.init_app(app)
    live.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    forms.init_app(app)
    logs.init_app(app)
    i18n.init_app(app)
    paths.init_app(app)
    words.init_app(app)
    audit_words.init_app(app)
    identity.init_app(app)
    doors.init_app(app)
    limits.init_app(app, config.redis_url)
    mail.init_app(app)
    packing.init_app(app)
    shown.init_app(app)
    caching.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    context.init_app(
        app,
        context.Site(
            name=config.site_name,
            url=config.site_url,
            municipality=config.municipality,
            contact_email=config.contact_email,
            demo=config.demo,
            theme=config.site_theme,
        ),
    )


def _engine_options(url: str) -> dict[str, object]:
    # What people wrote and who they are stands in parameters; a fault is logged without them.
    options: dict[str, object] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**options, "connect_args": {"timeout": 5, "check_same_thread": False}}
    return {**options, "pool_size": 10, "max_overflow": 10, "pool_pre_ping": False, "pool_recycle": 1800}
