"""The pages about the site itself: home, about, privacy, contact, health: requests in, answers out."""

import hmac
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from app.domain.house_rules import HOUSE_RULES
from app.features.pages import forms, queries, service
from app.kit import clock, doors, proof
from app.kit.identity import current_person
from app.kit.limits import limiter
from app.policies.friction import CONTACT
from app.policies.taking_part import may_submit
from app.records import calls, frames, friction, ideas, processes, stands

bp = Blueprint("pages", __name__)
PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


@bp.get("/")
@doors.public
def home() -> ResponseReturnValue:
    """What the city asks now, how to take part, and what happens next."""
    moment = clock.now()
    process = processes.current_process()
    found = calls.of_process(process.id) if process else []
    frame = frames.of_call()
    newest = ideas.cards(queries.newest_ideas(frame.call.id)) if frame else []
    return render_template(
        "pages/home.html",
        process=process,
        numbers=processes.numbers_of(process.id, found, moment) if process else None,
        calls=[(call, may_submit(current_person(), call, moment)) for call in found],
        frame=frame,
        newest=newest,
        counts=not (frame and frame.call.hides_counts(moment)),
        activities=queries.next_activities(process.id, moment) if process else [],
        moment=moment,
    )


@bp.get("/over")
@doors.public
def about() -> ResponseReturnValue:
    """How it works, from idea to council."""
    return render_template("pages/about.html")


@bp.get("/spelregels")
@doors.public
def rules() -> ResponseReturnValue:
    """The house rules that moderators cite."""
    return render_template("pages/rules.html", rules=HOUSE_RULES)


@bp.get("/privacy")
@doors.public
def privacy() -> ResponseReturnValue:
    """What the site keeps of people, how long, and what they can ask."""
    return render_template("pages/privacy.html")


@bp.get("/toegankelijkheid")
@doors.public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("pages/accessibility.html")


@bp.route("/contact", methods=["GET", "POST"])
@doors.public
@limiter.limit("20 per hour", methods=["POST"])
def contact() -> ResponseReturnValue:
    """Write to the organisers."""
    form = forms.ContactForm()
    person = current_person()
    if form.validate_on_submit():
        if not friction.refusal(CONTACT, proof.sent(), person, clock.now()):
            return render_template("pages/contact.html", form=form), 429
        service.write_to_organisers(
            form.name.data or "",
            form.email.data or "",
            form.body.data or "",
            processes.current_process(),
            current_app.config["SITE"].contact_email,
            clock.now(),
        )
        flash(_("Thank you. Your message is with the organisers."))
        return redirect(url_for("pages.contact"), code=303)
    if person and request.method == "GET":
        form.name.data, form.email.data = person.name, person.email
    return render_template("pages/contact.html", form=form), 400 if form.is_submitted() else 200


@bp.get("/open-data")
@doors.public
def open_data() -> ResponseReturnValue:
    """Which data anybody may download, and what they mean."""
    frame, moment = frames.of_call(), clock.now()
    told = {call.id: call.title for call in calls.every() if not call.hides_counts(moment)}
    return render_template(
        "pages/open_data.html",
        calls=frame.calls if frame else (),
        stands=stands.of_calls(told),
        titles=told,
    )


@bp.get("/open-data/ideeen")
@doors.public
def open_ideas() -> ResponseReturnValue:
    """The published ideas of a call (`oproep`) as JSON."""
    frame = frames.of_call(request.args.get("oproep", "")) or abort(404)
    moment = clock.now()
    return jsonify(
        {
            "call": frame.call.slug,
            "title": frame.call.title,
            "countsHidden": frame.call.hides_counts(moment),
            "ideas": queries.open_ideas(frame.call, moment),
        }
    )


@bp.get("/healthz")
@doors.public
def healthz() -> ResponseReturnValue:
    """The process lives."""
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/readyz")
@doors.public
def readyz() -> ResponseReturnValue:
    """The process can serve: its database answers."""
    try:
        queries.is_ready()
    except SQLAlchemyError:
        return Response(
            "database\n", status=503, mimetype="text/plain", headers={"Cache-Control": "no-store"}
        )
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/metrics")
@doors.public
def metrics() -> ResponseReturnValue:
    """Figures for operators: with the token of the settings, or without one only on the machine itself.

    What a proxy passes on comes from elsewhere, whatever it says about that.
    """
    token = current_app.config["SITE"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    passed_on = any(name in request.headers for name in PROXY_HEADERS)
    local = request.remote_addr in ("127.0.0.1", "::1") and not passed_on
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else local):
        abort(403)
    lines = [f"{name} {value:.15g}" for name, value in queries.figures().items()]
    return Response(
        "\n".join(lines) + "\n",
        content_type="text/plain; version=0.0.4; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


@bp.get("/.well-known/security.txt")
@doors.public
def security_txt() -> ResponseReturnValue:
    """Where to report a weakness (RFC 9116); the date moves along, well under a year ahead."""
    site = current_app.config["SITE"]
    today = clock.now().astimezone(UTC)
    expires = datetime(today.year, today.month, 1, tzinfo=UTC) + timedelta(days=240)
    lines = [
        f"Contact: mailto:{site.contact_email}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        f"Canonical: {site.site_url}/.well-known/security.txt",
        f"Policy: {site.site_url}/contact",
        "Preferred-Languages: nl, en",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/robots.txt")
@doors.public
def robots() -> ResponseReturnValue:
    """What search engines may read: everything but pages of persons and staff."""
    site = current_app.config["SITE"]
    closed = ("/mijn", "/moderatie", "/beheer", "/inloggen", "/demo", "/ideeen/nieuw")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {site.site_url}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/sitemap.xml")
@doors.public
def sitemap() -> ResponseReturnValue:
    """Every page that search engines may show."""
    base = current_app.config["SITE"].site_url
    fixed = ("home", "about", "rules", "privacy", "accessibility", "contact", "open_data")
    rows: list[tuple[str, datetime | None]] = [(url_for(f"pages.{name}"), None) for name in fixed]
    rows += [(url_for(f"ranking.{name}"), None) for name in ("explained", "register")]
    of_process = ("processes.show", "council.show", "council.trail", "council.evaluation")
    rows += [(url_for(view, slug=slug), None) for slug in queries.process_slugs() for view in of_process]
    rows += [(url_for("ideas.show", idea_id=number), moment) for number, moment in queries.readable_ideas()]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for path, moment in rows:
        changed = f"<lastmod>{moment.date().isoformat()}</lastmod>" if moment else ""
        lines.append(f"<url><loc>{escape(base + path)}</loc>{changed}</url>")
    return Response("\n".join([*lines, "</urlset>"]) + "\n", mimetype="application/xml")
