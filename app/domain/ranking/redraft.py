"""The agenda of a workshop from sealed ballots, when its minutes or fixed themes changed after the seal."""

from collections.abc import Mapping
from typing import Any

from app.domain.ranking.material import AGENDA, UnknownMethod, agenda_of, eligible_themes, material_of
from app.domain.ranking.parameters import Weighting
from app.domain.ranking.publishing import hidden_beside
from app.domain.ranking.records import agenda_record
from app.domain.ranking.snapshot import Document
from app.domain.ranking.withholding import withhold


def redraft(audit: Mapping[str, Any], workshop: Mapping[str, Any]) -> dict[Weighting, Document]:
    """Both agendas of a workshop as everybody may see them: {"error": …} where what is fixed does not fit.

    audit: an auditor's document. workshop: as in the scope of a document. A theme that came after the seal can be
    pinned; nobody supports it there. Raises UnknownMethod for a standing that this program cannot compute.
    """
    unknown = [name for name in audit["methods"]["agenda"] if name not in AGENDA]
    if unknown:
        raise UnknownMethod(f"This program does not know the method {unknown[0]}.")
    of = material_of(audit)
    eligible = eligible_themes(of)
    inputs = audit["inputs"]
    beside = None if of.ticked else hidden_beside(inputs["groups"], inputs["themes"])
    found: dict[Weighting, Document] = {}
    for weighting in Weighting:
        try:
            draft = agenda_of(of, workshop, eligible, weighting)
        except ValueError as error:
            found[weighting] = {"error": str(error)}
        else:
            found[weighting] = dict(agenda_record(withhold(draft, beside)))
    return found
