"""The tables as the rest of the program expects them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import clock, copy_data, open_folder

from evenhand.store import Store, open_store, settings


@pytest.fixture(scope="module")
def store(made: Path) -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(made, folder), clock) as opened:
        yield opened


COLUMNS = {
    "programme": "id origin zone demo at",
    "area": "pcode name parent level",
    "node": "node name kind area latitude_microdegrees longitude_microdegrees",
    "lane_version": "id lane source target commodity capacity_base cost open",
    "lot": "lot benefit best_before source pack_base",
    "household": "household serial point name inputs",
    "household_change": "id household member field old new reason person at",
    "household_removal": "id household step announcement reason notice person at",
    "member": "household member birth_date sex occupation name inputs",
    "policy_text": "sha256 ordinal policy_id title text adopted_by at",
    "policy_proposal": "id programme sha256 policy_id title text person cose at",
    "policy_answer": "proposal step person reason cose at",
    "certificate": "sha256 kind name roles public_key epoch cose",
    "card": "number household epoch from_period mark reason person second at",
    "card_period": "household period epoch tag salt seal_key factor_key",
    "card_move": "id programme cycle tag household source target reason person at",
    "guest": "programme cycle tag point due at",
    "household_factor": "id household kind question sealed photo_sha256 person at",
    "factor_try": "id programme cycle tag device held at",
    "follow_up": "id programme cycle tag found words person at",
    "proxy": "id household name since withdrawn",
    "counter_invitation": "token_sha256 device points replaces reason second expires at",
    "counter_claim": "token_sha256 public_key agent at",
    "acknowledged": "programme cycle device receipts hash",
    "holding": "point since device replaces reason cose",
    "released": "hash programme cycle point device target raw",
    "counter_note": "hash programme cycle device sequence point tag kind text receipt noted_at raw",
    "grievance": "reference programme kind point area channel anonymous words sealed mark note person at",
    "grievance_event": "id reference number act at person words outcome office remedy benefit amount_base",
    "grievance_paper": "reference number media size sealed person at",
    "role_grant": "id programme step username role area revoked person second proposal at",
    "heard": "device hour at",
    "personal_read": "id programme username page household at",
    "account_change": "id programme username act reason person at",
    "api_token": "token_sha256 programme username title scopes ends at",
    "api_token_revoked": "token_sha256 person at",
    "cycle": "cycle programme period attempt policy_sha256",
    "cycle_event": "id programme cycle state person at detail",
    "freeze": "programme cycle cose snapshots event person",
    "approval": "programme cycle role person digest cose",
    "staged_file": "programme cycle path sha256",
    "roll": "programme cycle point sha256 rows",
    "roll_row": "programme cycle tag point household rations supplement",
    "supplement": "programme cycle number point reason sha256 levels digest at",
    "hold": "programme cycle notice act point tag reason complain commitment digest at",
    "countersign": "programme cycle subject role person digest cose",
    "waybill": "programme cycle waybill lane source target benefit steps",
    "count": "programme cycle point counted cose",
    "statement": "sha256 programme cycle kind subject cose",
    "goods_received": "programme cycle waybill benefit sent received damaged missing reason",
    "transfer": "programme cycle number source target benefit on_the_way steps received reason",
    "reroute": "programme cycle number waybill lane source target benefit steps",
    "recut": "programme cycle point benefit counted reserve carry_micro rungs num den units",
    "recut_row": "programme cycle tag rations",
    "receipt": "hash programme cycle device sequence previous point tag exception raw arrived",
    "voucher_series": "programme series benefit worth first last parts merchant cents person second confirmed at",
    "voucher": "tag programme series number card leaf leaves",
    "voucher_receipt": "hash programme series device sequence previous merchant tag steps raw",
    "voucher_payment": "programme series merchant number steps cents person at",
    "head": "programme cycle device receipts hash device_cose server_cose",
    "outcome": "programme cycle tag point status value",
    "movement": "id programme cycle kind source target benefit lot quantity ref",
    "write_off": "id programme step node benefit lot quantity reason person second proposal cycle at",
    "log_entry": "index kind programme cycle subject entry",
    "checkpoint": "size note",
    "import_file": "sha256 kind programme rows at",
}


def test_tables_and_columns_are_those_agreed_on(store: Store) -> None:
    rows = store.rows(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 ORDER BY 1, a.attnum"
    )
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    found.pop("django_migrations")
    assert found == {table: set(columns.split()) for table, columns in COLUMNS.items()}


def test_no_column_can_hold_what_no_rule_may_use(store: Store) -> None:
    names = {column for columns in COLUMNS.values() for column in columns.split()}
    assert not names & {"religion", "ethnicity", "politics", "party", "songbun", "origin_class", "loyalty"}


def test_every_table_is_guarded(store: Store) -> None:
    guarded = store.rows("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'")
    assert {row[0].strip('"') for row in guarded} == set(COLUMNS)


def test_models_and_migrations_agree() -> None:
    settings.configure({"dbname": "none"})
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert changes == {}


def test_schema_mark_is_that_of_this_program(store: Store) -> None:
    assert settings.is_current(store.connection)
    assert settings.mark().startswith("evenhand ")
