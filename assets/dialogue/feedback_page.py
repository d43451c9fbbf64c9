"""Makes the page with which a company is answered: one file, without script or network, every text escaped.

Which lines there are is decided in `feedback_text`, what they say in the Blueprint; the layout is in the template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.dialogue.feedback_text import Finding, Section, counted, day, enumerated, number, sections
from assets.dialogue.feedback_workbook import Copied, NoCopy
from assets.dialogue.html_template import template
from blueprint.load import blueprint
from blueprint.model import REMARKS

if TYPE_CHECKING:
    from assets.dialogue.feedback import Feedback

TEMPLATE = "feedback_page.html.j2"
HEADLINES = {
    "accepted": "Uw indiening is aanvaard",
    "accepted_with_remarks": "Uw indiening is aanvaard, met aandachtspunten",
    "returned": "Uw indiening is teruggestuurd",
    "unreadable": "Wij kunnen uw bestand niet lezen",
    "superseded": "Deze indiening is vervangen door een nieuwere",
}
NO_WORKBOOK = {
    "unreadable": "Omdat wij het bestand niet kunnen lezen, is er geen werkmap met gekleurde cellen.",
    "csv": "Omdat in een CSV-bestand de kolommen verschoven zijn of een bestand geen CSV is, is er geen werkmap met "
    "gekleurde cellen. Verbeter uw eigen bestanden; 'regel' is de regel in het CSV-bestand, kolom A de eerste kolom.",
    "too_large": "Van dit bestand kon geen werkmap met gekleurde cellen worden gemaakt. Verbeter uw eigen bestand.",
}


def page(answer: Feedback, copied: Copied | NoCopy, workbook: str) -> str:
    """The HTML page of one submission; `workbook` is the name of the file beside it."""
    names = copied.names if isinstance(copied, Copied) else {}
    mended = [finding for finding in answer.findings if not finding["consequence"]]
    follow = [finding for finding in answer.findings if finding["consequence"]]
    return template(TEMPLATE, number=number, left_out=_more).render(
        answer=answer,
        headline=HEADLINES.get(answer.state, "Terugkoppeling op uw indiening"),
        verdict=verdict(answer),
        counts=_counts(answer),
        settled=_settled(answer),
        sections=sections(mended, names),
        follow=sections(follow, names),
        steps=steps(answer, workbook if isinstance(copied, Copied) else None),
        no_workbook=NO_WORKBOOK[copied.reason] if isinstance(copied, NoCopy) else "",
        per_year=[table["title"] for table in answer.tables if table["per_year"]],
    )


def verdict(answer: Feedback) -> str:
    """What came of the submission, in one or two sentences."""
    if answer.state == "unreadable":
        return "Er telt nog niets van uw opgave mee. Hieronder staat wat u kunt doen."
    if answer.state == "superseded":
        return "De nieuwere indiening van uw bedrijf telt. Deze is bewaard; u hoeft er niets meer aan te doen."
    if answer.state == "returned":
        return "Uw opgave telt als geheel nog niet mee. Herstel de fouten hieronder en lever het bestand opnieuw in."
    if answer.rows_refused:
        rows = "regel" if answer.rows_in == 1 else "regels"
        count = "telt" if answer.rows_refused == 1 else "tellen"
        return (
            f"Aanvaard met opmerkingen: {number(answer.rows_refused)} van {number(answer.rows_in)} {rows} {count} nog"
            " niet mee. De rest telt al mee. Herstel de fouten en lever het bestand opnieuw in."
        )
    if answer.count("error"):
        return "Uw opgave telt mee, maar er staat een fout in. Herstel die en lever het bestand opnieuw in."
    if answer.count("warning"):
        return "Alle gelezen regels tellen mee. Controleer de waarschuwingen hieronder."
    return "Alle gelezen regels tellen mee. Hieronder staan alleen opmerkingen; u hoeft niets te doen."


def steps(answer: Feedback, workbook: str | None) -> list[str]:
    """What to do, in order; nothing when there is nothing to mend or check."""
    errors, warnings = _own_errors(answer), answer.count("warning")
    if answer.state == "superseded" or not (errors or warnings):
        return []
    todo = []
    if workbook:
        todo.append(
            f"Open de werkmap {workbook} die bij deze pagina hoort: een kopie van wat u hebt ingeleverd, met kleuren"
            " en notities bij de cellen hieronder. U mag ook uw eigen bestand verbeteren; de cellen zijn dezelfde."
        )
    if errors:
        later = " In afgekeurde regels zoeken wij nog geen waarschuwingen; die kunnen er na uw herstel bij komen."
        todo.append(
            f"Herstel {counted(errors, 'fout', 'fouten')} (rood). Begin bovenaan bij 'Wat wij vonden'."
            f"{later if answer.rows_refused else ''}"
        )
    if warnings:
        todo.append(f"Controleer {counted(warnings, 'waarschuwing', 'waarschuwingen')} (geel). {_check(answer)}")
    until = (
        f" De uiterste datum is {day(answer.deadline)}; is die voorbij, lever dan zo snel mogelijk in."
        if answer.deadline
        else ""
    )
    changed = "" if errors else "Hebt u iets verbeterd of toegelicht? "
    todo.append(f"{changed}{_filing(answer, workbook)}{until}")
    return todo


def _check(answer: Feedback) -> str:
    """What to do with the warnings: one on a row is settled by an explanation there, another by nothing."""
    warnings = [finding for finding in answer.findings if finding["severity"] == "warning"]
    on_row = [finding for finding in warnings if _can_be_explained(finding)]
    said = ["Klopt er iets niet? Verbeter het."]
    if on_row:
        said.append(
            f"Klopt het wel? Licht het toe in de kolom '{blueprint().fields[REMARKS].title}' van die regel; dan is de"
            " waarschuwing afgehandeld."
        )
    if on_row and len(on_row) < len(warnings):
        said.append("Waar in de melding niets over een toelichting staat, hoeft u niets te doen als het klopt.")
    elif not on_row:
        said.append("Klopt het wel? Dan hoeft u niets te doen.")
    return " ".join(said)


def _can_be_explained(finding: Finding) -> bool:
    table = blueprint().tables.get(finding["table_name"] or "")
    return table is not None and finding["row_number"] is not None and REMARKS in table.field_names


def _filing(answer: Feedback, workbook: str | None) -> str:
    again = "Lever het hele bestand opnieuw in, op dezelfde manier als de eerste keer."
    if answer.state == "unreadable":
        return again
    date = "Vul in het tabblad 'Indiening' bij 'Datum van indiening' de dag in waarop u opnieuw indient"
    replaces = f" en bij 'Vervangt indiening' het kenmerk {answer.submission_id}"
    done = " (in onze werkmap staat dat kenmerk er al)" if workbook else ""
    return f"{date}{replaces}{done}. {again}"


def _counts(answer: Feedback) -> str:
    """The same numbers as on the receipt, and how many errors follow from another."""
    errors = counted(answer.count("error"), "fout", "fouten")
    follow = answer.count("error") - _own_errors(answer)
    if follow:
        errors += f" (waarvan {number(follow)} {'volgt' if follow == 1 else 'volgen'} uit een andere fout)"
    warnings = counted(answer.count("warning"), "waarschuwing", "waarschuwingen")
    return enumerated([errors, warnings, counted(answer.count("info"), "opmerking", "opmerkingen")])


def _settled(answer: Feedback) -> str:
    if not answer.settled:
        return ""
    is_one = answer.settled == 1
    return (
        f"Daarnaast {'is 1 bevinding' if is_one else f'zijn {number(answer.settled)} bevindingen'} al afgehandeld, door"
        " een toelichting of door de provincie; daar hoeft u niets meer aan te doen."
    )


def _own_errors(answer: Feedback) -> int:
    """How many errors there are to mend; those that follow from another are not."""
    return sum(f["severity"] == "error" and not f["consequence"] for f in answer.findings)


def _more(section: Section) -> str:
    return f"En nog {number(section.left_out)} andere meldingen; zie de werkmap." if section.left_out else ""
