"""The generated network: points in counties, entries, depots, lanes with capacities, and what a flood does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from evenhand.simulation.chance import Chance, quotas
from evenhand.simulation.tables import County, Good, Node, Province, Tables, degrees

CITY, CAPITAL = 4, 12
"""How many times a county's points a city and the capital have: own choice, no figures by county are at hand."""
SECOND_EVERY, SECOND_PERCENT = 5, 40
"""Every fifth point of a province is served by a second depot too, for at most this share of its need of each good."""
LANES = ("lane", "from", "to", "commodity", "capacity", "cost", "open")


@dataclass(frozen=True)
class Site:
    """A point: where it is, which depots serve it, how many live by it. Coordinates in millionths of a degree."""

    point: str
    name: str
    county: str
    province: str
    latitude: int
    longitude: int
    depot: str
    second_depot: str
    households: int
    people: int = 0

    def with_people(self, people: int) -> Site:
        """The same site with its people counted."""
        return replace(self, people=people)


def sites(
    tables: Tables, provinces: Sequence[tuple[Province, int]], wanted: int, smallest: int, seed: int
) -> tuple[Site, ...]:
    """About `wanted` points, in each province at least one and none under `smallest` households.

    `provinces` come with their households; the sites are in that order and their households sum to them."""
    depots = [node for node in tables.nodes if node.kind == "depot"]
    counties = {county.pcode: county for county in tables.counties}
    shares = quotas(wanted, [households for _, households in provinces])
    found: list[Site] = []
    for (province, households), share in zip(provinces, shares, strict=True):
        count = min(max(1, share), households // smallest)
        chance = Chance(seed, "points", province.pcode)
        names = _spread(_counties_of(tables, province), count)
        sizes = _sizes(households, count, smallest, chance)
        north, east = chance.below(80_001, count) - 40_000, chance.below(80_001, count) - 40_000
        own = next(depot for depot in depots if province.pcode in depot.serves)
        for index, ((county, name), size) in enumerate(zip(names, sizes, strict=True)):
            latitude, longitude = county.latitude + int(north[index]), county.longitude + int(east[index])
            second = ""
            if index % SECOND_EVERY == SECOND_EVERY - 1 or (count < SECOND_EVERY and index == count - 1 and index > 0):
                others = [depot for depot in depots if depot is not own]
                second = min(others, key=lambda d: (_far(counties[d.county], latitude, longitude), d.node)).node
            found.append(
                Site(
                    f"P{len(found) + 1:05d}",
                    name,
                    county.pcode,
                    province.pcode,
                    latitude,
                    longitude,
                    own.node,
                    second,
                    size,
                )
            )
    return tuple(found)


def _counties_of(tables: Tables, province: Province) -> list[County]:
    pcodes = {province.pcode} | {p.pcode for p in tables.provinces if p.counted_with == province.pcode}
    return [county for county in tables.counties if county.province in pcodes]


def _weight(county: County) -> int:
    return CAPITAL if county.name == "Pyongyang" else CITY if county.name.endswith(" City") else 1


def _spread(counties: list[County], count: int) -> list[tuple[County, str]]:
    """`count` points over counties: by weight where there are enough, else the heaviest counties one each."""
    weights = [_weight(county) for county in counties]
    if count >= len(counties):
        shares = [1 + more for more in quotas(count - len(counties), weights)]
    else:
        first = sorted(range(len(counties)), key=lambda i: (-weights[i], i))[:count]
        shares = [1 if i in first else 0 for i in range(len(counties))]
    return [
        (county, f"{_plain(county.name)} {n + 1}" if share > 1 else _plain(county.name))
        for county, share in zip(counties, shares, strict=True)
        for n in range(share)
    ]


def _plain(name: str) -> str:
    return name.removesuffix(" City").removesuffix(" Dist.")


def _sizes(households: int, count: int, smallest: int, chance: Chance) -> list[int]:
    """Households a point: uneven (60 to 140 of 100), none under `smallest`."""
    weights = [60 + int(more) for more in chance.below(81, count)]
    return [smallest + more for more in quotas(households - smallest * count, weights)]


def _far(county: County, latitude: int, longitude: int) -> int:
    # A degree of longitude is about 3/4 of one of latitude at 40 degrees north; only the order matters.
    return (county.latitude - latitude) ** 2 + ((county.longitude - longitude) * 3 // 4) ** 2


def depot_rows(tables: Tables, places: Sequence[Site]) -> pa.Table:
    """Entries and the depots that serve somebody: rows for `import depots`."""
    counties = {county.pcode: county for county in tables.counties}
    used = used_depots(places)
    nodes = [node for node in tables.nodes if node.kind == "entry" or node.node in used]
    return pa.table({
        "node": [node.node for node in nodes],
        "name": [node.name for node in nodes],
        "kind": [node.kind for node in nodes],
        "area": [node.area for node in nodes],
        "latitude": [degrees(counties[node.county].latitude) for node in nodes],
        "longitude": [degrees(counties[node.county].longitude) for node in nodes],
    })  # fmt: skip


def used_depots(places: Sequence[Site]) -> set[str]:
    """Depots that serve a point, first or second."""
    return {site.depot for site in places} | {site.second_depot for site in places if site.second_depot}


def depot_people(places: Sequence[Site]) -> dict[str, int]:
    """People whose first depot it is."""
    people: dict[str, int] = {}
    for site in places:
        people[site.depot] = people.get(site.depot, 0) + site.people
    return people


def capacity(good: Good, people: int, percent: int) -> str:
    """`percent` of a month's need of `people`, rounded up to a whole unit, as quantity text."""
    return f"{max(1, -(-good.need_per_thousand * people * percent // 100_000))} {good.unit}"


def lane_rows(tables: Tables, places: Sequence[Site]) -> pa.Table:
    """Lanes: entry to depot and depot to its second points a lane a good with a capacity, depot to its own points one
    lane for everything without."""
    people = depot_people(places)
    rows: list[tuple[str, str, str, str | None, str | None, int, str]] = []
    for link in tables.links:
        for good in tables.goods:
            if link.target in people:
                room = capacity(good, people[link.target], link.percent)
                rows.append(
                    (
                        lane_id(link.source, link.target, good.id),
                        link.source,
                        link.target,
                        good.id,
                        room,
                        link.km,
                        "yes",
                    )
                )
    for site in places:
        rows.append((lane_id(site.depot, site.point), site.depot, site.point, None, None, 20, "yes"))
        for good in tables.goods if site.second_depot in people else ():
            room = capacity(good, site.people, SECOND_PERCENT)
            rows.append(
                (
                    lane_id(site.second_depot, site.point, good.id),
                    site.second_depot,
                    site.point,
                    good.id,
                    room,
                    60,
                    "yes",
                )
            )
    return lane_table(rows)


def lane_id(source: str, target: str, good: str = "") -> str:
    """The id of a lane, for one good or for all."""
    return f"L-{source.removeprefix('E-').removeprefix('D-')}-{target}{'-' if good else ''}{good}"


def lane_table(rows: Sequence[tuple[str, str, str, str | None, str | None, int, str]]) -> pa.Table:
    """Rows for `import lanes`."""
    types = (pa.string(),) * 5 + (pa.int64(), pa.string())
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(LANES)
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(LANES, columns, types, strict=True)})


def depots_of(tables: Tables, province: str) -> list[Node]:
    """The depots that serve a province."""
    return [node for node in tables.nodes if province in node.serves]
