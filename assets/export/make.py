"""Makes the workbook of the tables that somebody may see: everybody, the analyst, or one grid operator.

The public one is made of what was released alone and looked through like all that leaves the province. How a sheet
looks is for `workbook`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assets.export.workbook import MAX_ROWS, About, workbook
from assets.files import beside
from assets.release.known import NAME as OPERATOR_SITES
from assets.release.ledger import Released, in_force, releases
from assets.release.scan import scan
from assets.rounds import Round
from assets.store import DataFolder
from assets.strategy.leaks import secrets
from assets.strategy.words import status_label
from blueprint.load import blueprint
from blueprint.model import Table

PUBLIC, INTERNAL, OPERATOR = "public", "internal", "operator"
MARK = "VERTROUWELIJK"


class ExportError(Exception):
    """No workbook is made; the text is Dutch and says what to do."""


@dataclass(frozen=True)
class Exported:
    """The workbook that was written, with the rows of each table in it."""

    path: Path
    rows: dict[str, int]


def export(
    data: DataFolder, settings: Round, tier: str, out: Path, names: Sequence[str] = (), operator: str = ""
) -> Exported:
    """Write the workbook of a tier, of these tables or of all that are usual; raises ExportError and DamagedRecord."""
    if out.suffix.lower() != ".xlsx":
        raise ExportError(f"'{out.name}' eindigt niet op .xlsx. Kies bijvoorbeeld: --out tabellen.xlsx")
    if tier == INTERNAL:
        tables, edition, mark = _confidential(data, settings, names), "niet vrijgegeven en niet beveiligd", "de analist"
    else:
        released = _newest(data, settings)
        edition, mark = f"vrijgave {released.number}", ""
        if tier == OPERATOR:
            code = find_operator(operator)
            mark = blueprint().codes["grid_operators"].label(code)
            tables = _of_operator(released, code, mark, names)
        else:
            chosen = _chosen(names, tuple(released.note["tables"]), "openbaar")
            tables = {name: released.figures(name) for name in chosen}
    for name, rows in tables.items():
        if rows.num_rows > MAX_ROWS:
            raise ExportError(
                f"De tabel '{name}' heeft {rows.num_rows} regels en past niet in Excel (hooguit {MAX_ROWS}). Laat haar"
                " weg met --table, of lees het Parquet-bestand."
            )
    if mark and MARK not in out.name:
        out = out.with_name(f"{out.stem}.{MARK}.xlsx")
    if out.exists():
        raise ExportError(
            f"'{out.name}' bestaat al en is niet veranderd. Kies een andere naam, of verwijder het eerst."
        )
    content = workbook(_about(settings, edition, mark), tables)
    with beside(out) as temporary:
        temporary.write_bytes(content)
        if tier == PUBLIC and scan([temporary], secrets(data, settings)).found:
            temporary.unlink()
            raise ExportError(
                "In de openbare werkmap staat een naam, nummer of bedrag van een bedrijf. Zij is niet geschreven."
                " Doe: pces audit disclosure"
            )
    return Exported(out, {name: rows.num_rows for name, rows in tables.items()})


def find_operator(text: str) -> str:
    """The code of a grid operator by its code, name or alias; raises ExportError."""
    known = blueprint().codes["grid_operators"]
    spelled = {text.casefold(): code.code for code in known.codes for text in (code.code, code.label)}
    spelled |= {alias.casefold(): code for alias, code in known.aliases.items()}
    if found := spelled.get(text.strip().casefold()):
        return found
    names = ", ".join(code.label for code in known.codes)
    told = f"'{text}' is geen netbeheerder." if text else "Noem de netbeheerder met --operator."
    raise ExportError(f"{told} Kies uit: {names}.")


def _newest(data: DataFolder, settings: Round) -> Released:
    known = releases(data, settings.round)
    found = in_force(known)
    if known and not found:
        raise ExportError(
            f"Vrijgave {known[-1].number} van ronde {settings.round} is ingetrokken, en er is nog geen andere."
            f" Geef opnieuw vrij: pces release --round {settings.round}. Alleen voor uzelf: pces export --round"
            f" {settings.round} --tier vertrouwelijk"
        )
    if not found:
        raise ExportError(
            f"Van ronde {settings.round} is nog niets vrijgegeven. Geef eerst vrij: pces release --round"
            f" {settings.round}. Alleen voor uzelf: pces export --round {settings.round} --tier vertrouwelijk"
        )
    return found[-1]


def _of_operator(released: Released, code: str, label: str, names: Sequence[str]) -> dict[str, pa.Table]:
    rows = released.operator_sites(code)
    if rows is None:
        raise ExportError(f"Voor {label} is in vrijgave {released.number} niets vrijgegeven.")
    return dict.fromkeys(_chosen(names, (OPERATOR_SITES,), "voor een netbeheerder"), rows)


def _confidential(data: DataFolder, settings: Round, names: Sequence[str]) -> dict[str, pa.Table]:
    """The tables that were made of a round: those for the pMIEK unless others are asked for."""
    there = [table for table in blueprint().tables.values() if data.table(table.name, settings.round).exists()]
    if not there:
        raise ExportError(f"Ronde {settings.round} is nog niet doorgerekend: pces run --round {settings.round}")
    usual = tuple(table.name for table in _ordered(there) if table.kind == "pmiek")
    chosen = _chosen(names, usual, "vertrouwelijk", tuple(table.name for table in _ordered(there)))
    return {name: pq.ParquetFile(data.table(name, settings.round)).read() for name in chosen}


def _ordered(tables: Sequence[Table]) -> list[Table]:
    return sorted(tables, key=lambda table: (table.order, table.name))


def _chosen(names: Sequence[str], usual: tuple[str, ...], kind: str, all_: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The tables that were asked for by name or title, else those that are usual; raises ExportError."""
    known = all_ or usual
    titles = {blueprint().tables[name].title.casefold(): name for name in known}
    found = []
    for text in names:
        wanted = text.strip().casefold().replace("-", "_")
        name = wanted if wanted in known else titles.get(text.strip().casefold())
        if name is None:
            near = get_close_matches(wanted, known, n=1)
            hint = f" Bedoelt u '{near[0]}'?" if near else ""
            raise ExportError(f"'{text}' is hier geen tabel ({kind}).{hint} Kies uit: {', '.join(known)}.")
        found.append(name)
    return tuple(dict.fromkeys(found)) or usual


def _about(settings: Round, edition: str, mark: str) -> About:
    lines = (
        f"Ronde {settings.round}{f' ({settings.title})' if settings.title else ''}, {edition}."
        f" Blueprint {settings.blueprint_version}, factoren {settings.factor_version}.",
        f"Een lege cel is geen nul: kijk naar de status, zoals '{status_label('not_filed')}'.",
        "Tel geen regels met 'Alle' op bij de regels waaruit zij bestaan.",
    )
    told = f"Vertrouwelijk: alleen voor {mark}. Niet verspreiden." if mark else ""
    return About(f"pCES-tabellen, ronde {settings.round}", lines, told)
