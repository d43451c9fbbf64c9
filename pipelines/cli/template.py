"""The command that writes the form for companies, empty or filled in with what one of them filed before."""

from __future__ import annotations

from pathlib import Path

from assets.rounds import SETTINGS_FILE, Round, read_round
from assets.store import DataFolder
from pipelines.cli import show


def make_template(data: DataFolder, round_name: str | None, kvk_number: str | None, target: Path) -> int:
    """Write the form and say what is in it; 2 when that cannot be done as asked. Raises RoundError."""
    from assets.dialogue.form import make_form
    from assets.dialogue.prefill import NothingFiled, earlier_filing
    from assets.dialogue.template import TemplateRefused, check_target, write_template

    settings = read_round(data.round_folder(round_name)) if round_name else Round(round="")
    try:
        check_target(target)
        earlier = earlier_filing(data, kvk_number, settings) if kvk_number else None
        form = make_form(settings)
        if earlier:
            form = make_form(settings, earlier.tables, earlier.round, refused=earlier.refused)
        write_template(form, target)
    except (TemplateRefused, NothingFiled) as refusal:
        show.complain(str(refusal))
        return 2
    years = ", ".join(map(str, settings.years))
    show.say(f"Formulier geschreven: {show.place(target.resolve())}")
    for_round = f"ronde {settings.round}" if settings.round else "nog geen ronde (geef --round om haar in te vullen)"
    show.say(f"Voor {for_round}; jaren {years}; Blueprint {form.agreed.version}.")
    if settings.round and not settings.contact:
        show.say(
            "Let op: bij 'Vragen?' op het eerste tabblad staat nog geen contactpersoon. Vul die daar in, of bij"
            f" 'contact' in {show.place(data.round_folder(settings.round) / SETTINGS_FILE)} en maak het formulier"
            " opnieuw."
        )
    if earlier:
        rows = show.counted(earlier.rows, "regel", "regels")
        show.say(f"Vooraf ingevuld: {rows} uit ronde {earlier.round}. Vertrouwelijk: alleen voor dit bedrijf.")
        for year, number in earlier.left_out.items():
            lost = show.counted(number, "regel", "regels")
            reason = "een plan is geen werkelijk verbruik" if year in settings.years else "dat jaar wordt niet gevraagd"
            show.say(f"Niet overgenomen: {lost} over {year}, want {reason}.")
        if earlier.refused:
            lost = show.counted(earlier.refused, "regel", "regels")
            show.say(f"Niet ingevuld: {lost} van die opgave, want daar was een fout in.")
    return 0
