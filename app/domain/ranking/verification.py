"""Computing a sealed standing again: from the auditor's document, or as far as the public one allows."""

from collections.abc import Mapping
from typing import Any

from app.domain.ranking.canonical import (
    Difference,
    NotCanonical,
    canonical,
    first_difference,
    parse,
    sha256,
)
from app.domain.ranking.material import Outcomes, UnknownMethod, material_of, outcomes
from app.domain.ranking.publishing import public_document
from app.domain.ranking.snapshot import AUDIT, PUBLIC, Document, input_digests, outputs_record, part_digests

FAULTS = (ValueError, KeyError, TypeError, IndexError, AttributeError, ZeroDivisionError, OverflowError)
"""What computing with a document runs into that is not one of ours."""


def verify_audit(text: str) -> list[Difference]:
    """Compute everything in an auditor's document again; the differences, the first of each kind.

    Raises UnknownMethod with a sentence for a document that this program cannot compute.
    """
    return _audited(text)[0]


def verify_both(public_text: str, audit_text: str) -> list[Difference]:
    """The same, and whether the public document is the one that belongs to the auditor's. Raises UnknownMethod."""
    differences, audit, found = _audited(audit_text)
    try:
        public = document_in(public_text, PUBLIC)
    except NotCanonical as error:
        return [*differences, Difference("", "something else", f"a public document: {error}")]
    if audit is None or found is None:
        return differences
    if differences and not isinstance(audit.get("outputs"), Mapping):
        return differences
    try:
        should = public_document(audit, found, audit_text)
    except FAULTS as fault:
        return differences or [_unusable(fault)]
    if public != should or canonical(public) != public_text:
        difference = first_difference(public, should) or Difference("", "another text", "the canonical one")
        return [*differences, difference]
    return differences


def _audited(text: str) -> tuple[list[Difference], Document | None, Outcomes | None]:
    try:
        document = document_in(text, AUDIT)
    except NotCanonical as error:
        return [Difference("", "something else", f"an auditor's document: {error}")], None, None
    found = None
    differences: list[Difference] = []
    try:
        differences += _parts(document)
        differences += _digests(document)
        found = outcomes(material_of(document), document["methods"])
        inputs, sums = document["inputs"], _sums(document)
        shown = {name: inputs.get(name) for name in sums}
        differences += _first(shown, sums, "inputs")
        differences += _first(document["outputs"], outputs_record(found), "outputs")
    except UnknownMethod:
        if differences:
            return differences, document, None
        raise
    except FAULTS as fault:
        return differences or [_unusable(fault)], document, None
    if not differences and canonical(document) != text:
        differences.append(Difference("", "another text", "the canonical one"))
    return differences, document, found


def _unusable(fault: Exception) -> Difference:
    return Difference("inputs", f"something that cannot be computed with ({fault})", "numbers of a standing")


def document_in(text: str, schema: str) -> Document:
    """The document in a text. Raises NotCanonical when it is not of this kind, UnknownMethod for an unknown form."""
    document = parse(text)
    if not isinstance(document, dict) or "schema" not in document:
        raise NotCanonical("It names no schema.")
    if document["schema"] not in (AUDIT, PUBLIC):
        raise UnknownMethod(f"This program does not know the form {document['schema']}.")
    if document["schema"] != schema:
        raise NotCanonical(f"Its schema is {document['schema']}.")
    return document


def _first(stands: Any, should_be: Any, path: str) -> list[Difference]:
    if stands == should_be:  # quick, and only almost strict: 1 and True are told apart by the text as a whole
        return []
    found = first_difference(stands, should_be, path)
    return [found] if found else []


def _parts(document: Mapping[str, Any]) -> list[Difference]:
    """Parts that were changed, or whose digest was."""
    stands, should = document["digests"]["parts"], part_digests(document)
    if stands == should:
        return []
    names = sorted({*stands, *should})
    return [
        Difference(name, "something that does not fit its digest", "what was sealed")
        for name in names
        if stands.get(name) != should.get(name)
    ]


def _digests(document: Mapping[str, Any]) -> list[Difference]:
    """Tallies and ballots that were changed, or whose digest was."""
    stands, should = document["digests"], input_digests(document)
    found = [
        Difference(f"inputs.{name}", "something that does not fit its digest", "what was counted")
        for name in should
        if stands.get(name) != should[name]
    ]
    seed = document["seed"]
    if sha256(seed["value"]) != seed["hash"]:
        found.append(Difference("seed.value", seed["value"], "the value behind the published hash"))
    return found


def _sums(document: Mapping[str, Any]) -> Document:
    """What follows from the tallies by adding up."""
    rows = document["inputs"]["tallies"]
    return {
        "tallies": [[*row[:3], sum(row[1]), sum(row[2])] for row in rows],
        "votes": sum(sum(row[1]) + sum(row[2]) for row in rows),
        "groups": document["parameters"]["groups"],
    }
