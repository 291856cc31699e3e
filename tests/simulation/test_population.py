"""The generated country: exact quotas, sensible households, the same for the same seed."""

from __future__ import annotations

import csv
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from evenhand.core.errors import EvenhandError, InputError, UsageError
from evenhand.simulation import tables as example
from evenhand.simulation.chance import Chance, quotas
from evenhand.simulation.people import OCCUPATIONS, ages_on, household_sizes
from evenhand.simulation.population import ON, Country, K, generate, point_count

FOLDER = Path(__file__).parents[2] / "examples" / "dprk-2008"
TABLES = example.load(FOLDER)


@pytest.fixture(scope="module")
def country() -> Country:
    return generate(24_000, 2008, TABLES)


def ages(country: Country) -> np.ndarray:
    days = np.array(country.members["birth_date"].cast(pa.int32()))
    return ages_on(days + date(1970, 1, 1).toordinal(), ON)


def household_index(country: Country) -> np.ndarray:
    return np.array([int(h[1:]) - 1 for h in country.members["household"].to_pylist()])


def test_quotas_are_exact_and_give_a_tie_to_the_earlier() -> None:
    assert quotas(10, [1, 1, 1]) == [4, 3, 3]
    assert quotas(7, [5, 0, 2]) == [5, 0, 2]
    with pytest.raises(ValueError):
        quotas(3, [0, 0])


def test_the_census_is_typed_with_its_sum_and_the_camps_left_out() -> None:
    with (FOLDER / "provinces.csv").open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert sum(int(row["people_2008"] or 0) for row in rows) == 24_052_231
    assert sum(province.people for province in TABLES.provinces) == 24_052_231 - 702_372


def test_each_province_has_its_census_share_to_one_person(country: Country) -> None:
    province = {site.point: site.province for site in country.sites}
    point = dict(zip(country.households["household"].to_pylist(), country.households["point"].to_pylist(), strict=True))
    counted: dict[str, int] = {}
    for household in country.members["household"].to_pylist():
        name = province[point[household]]
        counted[name] = counted.get(name, 0) + 1
    for row in TABLES.provinces:
        if row.people:
            share = 24_000 * row.people / (24_052_231 - 702_372)
            assert abs(counted[row.pcode] - share) < 1, row.name
    assert sum(counted.values()) == 24_000


def test_each_age_group_and_sex_has_its_share_to_one_person(country: Country) -> None:
    years, sex = ages(country), np.array(country.members["sex"].to_pylist())
    whole = sum(group.female + group.male for group in TABLES.ages)
    for group in TABLES.ages:
        inside = (years >= group.first) & (years < group.first + 5)
        for word, weight in (("f", group.female), ("m", group.male)):
            assert abs(int((inside & (sex == word)).sum()) - 24_000 * weight / whole) < 1, (group.first, word)


def test_ages_turn_on_the_birthday_itself() -> None:
    born = [date(2008, 3, 1), date(2007, 3, 2), date(2007, 3, 1), date(1948, 3, 2), date(1948, 2, 29)]
    assert list(ages_on(np.array([day.toordinal() for day in born]), ON)) == [0, 0, 1, 59, 60]


def test_the_mean_household_has_3_9_people_and_none_more_than_8(country: Country) -> None:
    assert country.households.num_rows == 6_154  # 24,000 / 3.9 = 6,153.8
    sizes = np.bincount(household_index(country))
    assert sizes.min() >= 1 and sizes.max() <= 8 and (sizes == 1).any() and (sizes >= 7).any()


def test_household_sizes_reach_any_sum_that_can_be() -> None:
    for people in (10, 11, 39, 80):
        assert household_sizes(people, 10, Chance(1, "x")).sum() == people
    with pytest.raises(ValueError):
        household_sizes(81, 10, Chance(1, "x"))


def test_every_household_has_a_grown_up_and_children_are_younger_by_a_generation(country: Country) -> None:
    years, home, place = ages(country), household_index(country), np.array(country.members["member"].to_pylist())
    head = np.zeros(country.households.num_rows, dtype=int)
    head[home[place == "1"]] = years[place == "1"]
    assert head.min() >= 20
    elder = head.copy()
    second = (place == "2") & (years >= 20)
    elder[home[second]] = np.maximum(elder[home[second]], years[second])
    child = years < 20
    assert (elder[home[child]] - years[child]).min() >= 16
    couples = np.abs(head[home[second]] - years[second])
    assert np.median(couples) <= 5
    sexes = np.array(country.members["sex"].to_pylist())
    first_sex = np.array(["?"] * country.households.num_rows)
    first_sex[home[place == "1"]] = sexes[place == "1"]
    assert (first_sex[home[second]] != sexes[second]).mean() > 0.8


def test_occupations_are_the_policys_words_and_follow_age(country: Country) -> None:
    years, work = ages(country), np.array(country.members["occupation"].to_pylist())
    assert set(work) == set(OCCUPATIONS)
    assert set(work[years <= 1]) == {"infant"} and set(work[(years >= 2) & (years <= 6)]) == {"preschool"}
    assert set(work[(years >= 7) & (years <= 10)]) == {"pupil-primary"}
    assert set(work[(years >= 11) & (years <= 16)]) == {"pupil-senior"}
    assert set(work[years >= 60]) == {"retired"} and years[work == "retired"].min() == 55
    assert years[work == "student"].min() == 17 and years[work == "student"].max() == 22
    assert set(np.array(country.members["sex"].to_pylist())[work == "miner"]) == {"m"}


def test_ids_are_unique_and_sorted_by_point(country: Country) -> None:
    households = country.households["household"].to_pylist()
    assert households[0] == "H0000001" and households == sorted(set(households))
    points = country.households["point"].to_pylist()
    assert points == sorted(points)
    pairs = list(zip(country.members["household"].to_pylist(), country.members["member"].to_pylist(), strict=True))
    assert len(set(pairs)) == 24_000 and pairs == sorted(pairs)


def test_points_stand_in_counties_of_ten_provinces_and_none_is_small(country: Country) -> None:
    counties = {county.pcode: county for county in TABLES.counties}
    parents = dict(zip(country.areas["pcode"].to_pylist(), country.areas["parent"].to_pylist(), strict=True))
    assert country.points.num_rows >= 24 and len({site.province for site in country.sites}) == 10
    for row in country.points.to_pylist():
        county = counties[row["area"]]
        assert parents[row["area"]] == county.province and parents[county.province] == "KP"
        assert abs(example.micro(row["latitude"]) - county.latitude) <= 40_000
        assert abs(example.micro(row["longitude"]) - county.longitude) <= 40_000
    counts = pc.value_counts(country.households["point"]).field("counts")
    assert pc.min(counts).as_py() >= K
    assert len(set(country.points["point"].to_pylist())) == country.points.num_rows


def test_points_scale_with_people() -> None:
    assert [point_count(n) for n in (24_000, 240_000, 24_000_000)] == [30, 60, 5_010]


def test_a_tiny_country_leaves_small_provinces_out_but_keeps_k() -> None:
    tiny = generate(1_000, 7, TABLES)
    assert tiny.members.num_rows == 1_000 and tiny.households.num_rows == 256
    assert min(site.households for site in tiny.sites) >= K and 1 < len({s.province for s in tiny.sites}) < 10
    nodes = set(tiny.depots["node"].to_pylist()) | set(tiny.points["point"].to_pylist())
    assert set(tiny.lanes["from"].to_pylist()) | set(tiny.lanes["to"].to_pylist()) <= nodes
    assert len(generate(100, 7, TABLES).sites) == 1


@pytest.mark.parametrize("people", [99, 0, -5, 30_000_001])
def test_too_few_or_too_many_people_are_refused(people: int) -> None:
    with pytest.raises(UsageError, match="cannot be generated"):
        generate(people, 1, TABLES)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def prints(seed: int, name: str) -> dict[str, str]:
        paths = generate(2_600, seed, TABLES).write(tmp_path / name)
        return {key: sha256(path.read_bytes()).hexdigest() for key, path in paths.items()}

    one = prints(1, "a")
    assert one == prints(1, "b")
    assert one["members"] != prints(2, "c")["members"]
    # Pinned: a change here is a change of every published demo.
    assert one["members"][:16] == "eb8748e4f009159a"
    assert one["households"][:16] == "1088e6eac487e57e"


def test_the_files_are_plain_csv(tmp_path: Path) -> None:
    paths = generate(500, 3, TABLES).write(tmp_path / "new" / "folder")
    assert sorted(paths) == ["areas", "depots", "households", "lanes", "members", "points"]
    with paths["members"].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["household", "member", "birth_date", "sex", "occupation"]
    assert date.fromisoformat(rows[0]["birth_date"]) < ON
    assert paths["areas"].read_text().splitlines()[1] == '"KP","DPR Korea (generated)",,0'


def test_a_table_that_is_missing_or_mistyped_names_file_row_and_cell(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="provinces.csv is not there"):
        example.load(tmp_path)
    for path in FOLDER.glob("*.csv"):
        (tmp_path / path.name).write_text(path.read_text().replace("932789", "9x2789"))
    with pytest.raises(InputError) as caught:
        example.load(tmp_path)
    assert caught.value.lines()[0].startswith('ages.csv, row 1, field "female_2005", value "9x2789"')
    (tmp_path / "ages.csv").write_text("age_from,female_2005\n0\n")
    with pytest.raises(EvenhandError, match="1 problem"):
        example.load(tmp_path)


def test_degrees_are_exact_both_ways() -> None:
    assert example.micro("41.366") == 41_366_000 and example.degrees(41_366_000) == "41.366000"
    assert example.micro("-0.5") == -500_000 and example.degrees(-500_000) == "-0.500000"
    for wrong in ("", "4e1", "41.", "41.1234567", "north"):
        with pytest.raises(ValueError):
            example.micro(wrong)
