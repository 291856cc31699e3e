"""SNAP of fiscal year 2026 in openfisca-core, as its users write it. Run by `benchmarks.snap` in an environment of its own.

    python openfisca_snap.py HOUSEHOLDS.parquet MEMBERS.parquet OUTPUT.parquet keys|numbered

Prints the seconds from file to file and of calculating alone, each by the clock and of all cores; writes allotments in
cents. `keys`: members are joined to households by their keys as they stand in the files; `numbered`: both are numbered
first, by a hash table of pyarrow's, which is the fastest way there is to hand them over.
"""

import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Household = build_entity(
    key="household",
    plural="households",
    label="Household",
    roles=[{"key": "member", "plural": "members", "label": "Member"}],
)
Person = build_entity(key="person", plural="persons", label="Person", is_person=True)
PERIOD = "2026-01"
ALASKA, HAWAII, NEW_JERSEY, DISTRICT, MARYLAND = 2, 12, 31, 9, 21

# rows: 48 states, Alaska, Hawaii; columns: sizes 1 to 8; last: each more
MAXIMUM = [[298, 546, 785, 994, 1183, 1421, 1571, 1789, 218], [385, 707, 1015, 1285, 1529, 1838, 2031, 2314, 282],
           [506, 929, 1334, 1689, 2010, 2415, 2668, 3040, 371]]  # fmt: skip
STANDARD = [[209, 209, 209, 223, 261, 299, 299, 299, 0], [358, 358, 358, 358, 358, 374, 374, 374, 0],
            [295, 295, 295, 295, 300, 344, 344, 344, 0]]  # fmt: skip
GROSS = [[1696, 2292, 2888, 3483, 4079, 4675, 5271, 5867, 596], [2118, 2864, 3609, 4354, 5100, 5845, 6590, 7336, 746],
         [1949, 2635, 3321, 4007, 4692, 5378, 6064, 6750, 686]]  # fmt: skip
NET = [[1305, 1763, 2221, 2680, 3138, 3596, 4055, 4513, 459], [1630, 2203, 2776, 3350, 3923, 4496, 5070, 5643, 574],
       [1500, 2027, 2555, 3082, 3610, 4137, 4665, 5192, 528]]  # fmt: skip


def by_size(table, region, size):
    rows = np.array(table, float)
    return rows[region, np.minimum(size, 8) - 1] + rows[region, 8] * np.maximum(size - 8, 0)


def variable(name, entity_, kind=float, formula_=None):
    parts = {"value_type": kind, "entity": entity_, "definition_period": MONTH, "label": name}
    if formula_ is not None:
        parts["formula"] = formula_
    return type(name, (Variable,), parts)


def region(household, period):
    state = household("state", period)
    return np.where(state == ALASKA, 1, np.where(state == HAWAII, 2, 0))


def size(household, period):
    return household.nb_persons().astype(int)


def gross(household, period):
    return (household("monthly_earned", period) + household("monthly_social_security", period)
            + household("monthly_other_income", period))  # fmt: skip


def adjusted(household, period):
    standard = by_size(STANDARD, household("region", period), household("size", period))
    less = 0.2 * household("monthly_earned", period) + standard + household("excess_medical_deduction", period)
    return np.maximum(0, household("gross", period) - less)


def elderly(household, period):
    return household.any(household.members("age", period) >= 60)


def net(household, period):
    before = household("adjusted", period)
    excess = np.maximum(0, household("monthly_rent", period) + household("utility_allowance", period) - before / 2)
    cap = np.array([744, 1189, 1003])[household("region", period)]
    shelter = np.where(household("elderly", period), excess, np.minimum(excess, cap))
    return np.floor(np.maximum(0, before - shelter) + 0.5)


def minimum(household, period):
    state, people = household("state", period), household("size", period)
    least = np.where(people <= 2, np.array([24, 31, 40])[household("region", period)], 0)
    old = household.any(household.members("age", period) >= 62)
    least = np.where((state == MARYLAND) & old, 40, least)
    return np.where(state == NEW_JERSEY, 95, np.where(state == DISTRICT, 30, least))


def snap(household, period):
    where, people, left = household("region", period), household("size", period), household("net", period)
    contribution = np.ceil(np.round(0.3 * left, 4))
    due = np.maximum(household("minimum", period), by_size(MAXIMUM, where, people) - contribution)
    within = left <= by_size(NET, where, people)
    low = household("gross", period) <= by_size(GROSS, where, people)
    fits = household("categorically_eligible", period) | (within & (household("elderly", period) | low))
    return np.where(fits, due, 0)


MONEY = ("monthly_earned", "monthly_social_security", "monthly_other_income", "monthly_rent", "utility_allowance",
         "excess_medical_deduction")  # fmt: skip
STATES = ["AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
          "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC",
          "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY"]  # fmt: skip


def built(system, keys, whose, given):
    """The simulation: people and households from arrays, as SimulationBuilder is meant to be used. Roles as numbers are
    the fastest it takes."""
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(len(whose)))
    entity = builder.declare_entity("household", keys)
    builder.join_with_persons(entity, whose, np.zeros(len(whose), int))
    simulation = builder.build(system)
    for name, values in given.items():
        simulation.set_input(name, PERIOD, values)
    return simulation


def main():
    households, members, out, how = sys.argv[1:]
    began, used = time.perf_counter(), time.process_time()
    system = TaxBenefitSystem([Person, Household])
    kinds = {"state": int, "categorically_eligible": bool}
    for name in (*MONEY, *kinds):
        system.add_variable(variable(name, Household, kinds.get(name, float)))
    system.add_variable(variable("age", Person, int))
    for made, kind in ((region, int), (size, int), (gross, float), (adjusted, float), (elderly, bool), (net, float),
                       (minimum, float), (snap, float)):  # fmt: skip
        system.add_variable(variable(made.__name__, Household, kind, made))
    homes = pq.read_table(households, columns=["household", "state", *MONEY, "categorically_eligible"])
    people = pq.read_table(members, columns=["household", "age"])
    given = {name: homes.column(name).cast("double").to_numpy() for name in MONEY}
    given["state"] = pc.index_in(homes.column("state"), pa.array(STATES)).to_numpy() + 1
    given["categorically_eligible"] = homes.column("categorically_eligible").to_numpy()
    given["age"] = people.column("age").to_numpy()
    if how == "numbered":
        keys = np.arange(homes.num_rows)
        whose = pc.index_in(people.column("household"), homes.column("household").combine_chunks()).to_numpy()
    else:
        keys, whose = (table.column("household").to_numpy().astype(str) for table in (homes, people))
    simulation = built(system, keys, whose, given)
    start, before = time.perf_counter(), time.process_time()
    due = simulation.calculate("snap", PERIOD)
    calculated = time.perf_counter() - start, time.process_time() - before
    cents = np.round(due.astype(float) * 100).astype(np.int64)
    answer = pa.table({"household": homes.column("household"), "snap": cents})
    pq.write_table(answer, out, compression="zstd")
    print(time.perf_counter() - began, time.process_time() - used, *calculated)


if __name__ == "__main__":
    main()
