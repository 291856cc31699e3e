"""What long work there is. A new kind is one line here."""

from __future__ import annotations

WORK = {
    "cards.issue": "evenhand.web.console.cards.work:issue",
    "cards.papers": "evenhand.web.console.cards.work:papers",
    "cards.renew": "evenhand.web.console.cards.work:renew",
    "cycle.freeze": "evenhand.web.console.cycle_work:freeze",
    "cycle.compute": "evenhand.web.console.cycle_work:compute",
    "cycle.draw": "evenhand.web.console.cycle_work:draw",
    "cycle.commit": "evenhand.web.console.cycle_work:commit",
    "cycle.open": "evenhand.web.console.cycle_work:open_",
    "cycle.close": "evenhand.web.console.cycle_work:close",
    "registry.check": "evenhand.web.console.registry.bringing_work:check",
    "registry.import": "evenhand.web.console.registry.bringing_work:bring",
    "cycle.publish": "evenhand.web.console.publishing:work",
    "policy.compare": "evenhand.web.console.policy.comparing:work",
}
"""Kind -> `module:function` of (store, subject, person, arguments, progress, secret) -> result, a dict for JSON. A result
may have "to", the address where the reader goes on. The kind has its name in the catalogue, `job.kind.<kind>`."""

REGULAR = ("evenhand.actions.case_queue:tick",)
"""What is done every ten minutes without anybody asking: `module:function` of (store)."""
