"""Tells who took part, how complete that is, and where the firms are, of the confidential tables."""

from __future__ import annotations

from decimal import Decimal

from assets.strategy.document import Bullets, Grid, Paragraph
from assets.strategy.map import drawn, on_map, places
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, chart, group, is_planned, label, summed
from assets.strategy.tables import Row
from assets.strategy.words import NOT_APPLICABLE, Amount, amount, clean, counted, number, said, sentence, verb

COVERAGE, AREAS = "pmiek_coverage", "pmiek_area_demand"
COUNTS = {
    "invited_count": "Uitgenodigd",
    "filed_count": "Ingediend",
    "accepted_count": "Telt mee",
    "missing_count": "Ontbreekt",
}
BY_FILING = ("filed_count", "accepted_count")


def coverage(story: Story) -> Told:
    """How many firms were invited, filed and were accepted, and what share of known emissions that covers."""
    rows = story.rows(COVERAGE)
    whole = next((row for row in rows if row["sector"] == EVERY), None)
    if whole is None or not (whole["invited_count"] or whole["filed_count"] or whole["accepted_count"]):
        text = "Uit deze provincie is geen enkel bedrijf uitgenodigd en heeft geen enkel bedrijf ingediend."
        return Told((Paragraph(text, "note"),), (text.removesuffix("."),))
    accepted, invited, missing = whole["accepted_count"] or 0, whole["invited_count"] or 0, whole["missing_count"] or 0
    took_part = f"{counted(accepted, 'bedrijf', 'bedrijven')} {verb(accepted, 'telt', 'tellen')} mee"
    if accepted == 1:
        took_part += "; elk cijfer hieronder is dus van dat ene bedrijf"
    if story.settings.open_data:
        took_part = (
            f"{counted(accepted, 'raming telt', 'ramingen tellen')} mee, uit open data: het zijn geen opgaven van"
            " bedrijven"
        )
    items = [sentence(f"{took_part}.")]
    if invited:
        items.append(
            f"{sentence(counted(invited, 'bedrijf was', 'bedrijven waren'))} uitgenodigd;"
            f" {counted(missing, 'bedrijf heeft', 'bedrijven hebben', 'geen van de')} nog niets ingediend."
            if missing
            else f"{sentence(counted(invited, 'bedrijf was', 'bedrijven waren'))} uitgenodigd en er ontbreekt niemand."
        )
    else:
        items.append("Er is geen lijst van uitgenodigde bedrijven geladen: hoe volledig dit beeld is, is niet bekend.")
    if whole["ets_share_pct"] is not None:
        items.append(
            f"Wat meetelt dekt {said(whole['ets_share_pct'], 1)}% van de bekende uitstoot onder EU ETS"
            " van genodigde bedrijven."
        )
    if whole["imputed_share_pct"]:
        items.append(f"Van de energie is {said(whole['imputed_share_pct'], 1)}% geschat in plaats van opgegeven.")
    # Without a list of invitations nobody knows who is missing: that is empty, and no nought.
    columns = COUNTS if whole["invited_count"] is not None else {name: COUNTS[name] for name in BY_FILING}
    has_ets = any(row["ets_share_pct"] is not None for row in rows)
    grid = Grid(
        "deelname",
        "Bedrijven per sector",
        ("Sector", *columns.values(), *(("ETS gedekt (%)",) if has_ets else ())),
        tuple(
            (
                label("sectors", row["sector"]),
                *(Amount(Decimal(row[field] or 0), 0) for field in columns),
                *(
                    (amount(row["ets_share_pct"], 1, "shown" if row["ets_share_pct"] is not None else NOT_APPLICABLE),)
                    if has_ets
                    else ()
                ),
            )
            for row in sorted(rows, key=lambda row: (row["sector"] == EVERY, label("sectors", row["sector"])))
            if row["invited_count"] or row["filed_count"]
        ),
        story.source(COVERAGE),
    )
    asked = f", van {said(invited, 0)} uitgenodigde" if invited else ""
    return Told((Bullets(tuple(items)), grid), (f"{took_part}{asked}",))


def where(story: Story) -> Told:
    """The firms on the map: municipalities shaded by their demand now, sites as spots."""
    rows = [
        row
        for row in story.rows(AREAS, area_kind="municipality", direction=OFFTAKE, certainty=EVERY, year=story.base)
        if is_planned(row, story.base) and row["energy_pj"] is not None
    ]
    sites = story.rows("site_place")
    if not sites:
        return Told((Paragraph("Van geen enkel bedrijf ligt een vestiging in deze provincie.", "note"),))
    by_code = {code: summed(each, "energy_pj", 3) for code, each in group(rows, "municipality_code").items()}
    counts = {code: len(each) for code, each in group(sites, "municipality_code").items()}
    names = {row["municipality_code"]: clean(row["municipality_name"] or "gemeente onbekend") for row in sites}
    amounts = {code: float(found.value) for code, found in by_code.items() if found.value and code}
    known = [(row["rd_x_m"], row["rd_y_m"]) for row in sites if row["rd_x_m"] is not None and row["rd_y_m"] is not None]
    spots = on_map(story.code, story.settings.geography_year, known)
    has_map = bool(places(story.code, story.settings.geography_year))
    title = (
        f"{sentence(counted(len(sites), 'vestiging ligt', 'vestigingen liggen'))} in"
        f" {counted(len(counts), 'gemeente', 'gemeenten')}"
    )
    if len(amounts) == 1:
        title += (
            f"; {verb(len(sites), 'zij vraagt', 'samen vragen zij')} {said(sum(amounts.values()))} PJ in {story.base}"
        )
    elif amounts:
        most = max(amounts, key=lambda code: (amounts[code], code))
        title += f"; {names.get(most, most)} vraagt de meeste energie: {said(amounts[most])} PJ in {story.base}"
    grid = Grid(
        "gemeenten",
        f"Vestigingen en energievraag per gemeente, {story.base}",
        ("Gemeente", "Vestigingen", "PJ"),
        tuple(
            (names[code], Amount(Decimal(counts[code]), 0), by_code.get(code, Amount(None, 3, "not_filed")))
            for code in sorted(names, key=lambda code: names[code])
        ),
        story.source("site_place", AREAS),
    )
    without = len(sites) - len(spots)
    note = "Donkerder is meer energie; wit is niets opgegeven."
    if spots:
        note += " Een gele stip is een vestiging."
    else:
        note += " Van geen enkele vestiging is de plek bekend: er staan geen stippen op de kaart."
    if without and spots:
        note += f" Van {counted(without, 'vestiging', 'vestigingen')} is de plek niet bekend of niet op deze kaart."
    note += " Grenzen: CBS / Kadaster, CC BY 4.0."
    labels = {code: number(value, 2) for code, value in amounts.items()}
    picture = chart(
        title,
        grid,
        lambda size: drawn(story.code, story.settings.geography_year, amounts, labels, spots, size),
        is_drawn=has_map,
        note=note,
        without="Van deze provincie is er geen kaart; de tabel is volledig.",
        more="Een kaart van de gemeenten",
    )
    return Told((picture, _sites(story, sites)))


def _sites(story: Story, sites: list[Row]) -> Grid:
    """Every site by name: for the confidential document only."""
    of = {row["submission_id"]: row for row in story.tables.rows("company")}
    named = {(row["submission_id"], row["site_id"]): row["site_name"] for row in story.tables.rows("site")}
    lines = []
    for row in sites:
        company = of.get(row["submission_id"], {})
        firm = clean(company.get("company_name")) or f"KvK {row['kvk_number']}"
        site = clean(named.get((row["submission_id"], row["site_id"]))) or clean(row["site_id"])
        place = clean(row["municipality_name"] or "onbekend")
        lines.append((firm, site, place, label("sectors", company.get("sector"))))
    return Grid(
        "vestigingen",
        "De vestigingen die meetellen",
        ("Bedrijf", "Vestiging", "Gemeente", "Sector"),
        tuple(sorted(lines)),
        story.source("company", "site", "site_place"),
    )
