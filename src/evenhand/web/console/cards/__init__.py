"""Cards and devices: papers for households, a lost card replaced, rolls and notices, phones of the points, vouchers."""

from __future__ import annotations

from django.urls import path

from evenhand.web.console.cards.devices import (
    devices,
    devices_back,
    devices_certify,
    devices_invite,
)
from evenhand.web.console.cards.overview import cards, cards_destroy, cards_files, cards_go_on, cards_issue, cards_renew
from evenhand.web.console.cards.papers import papers, papers_print
from evenhand.web.console.cards.replace import replace, replace_do, replace_move
from evenhand.web.console.cards.vouchers import vouchers, vouchers_file, vouchers_pay

urls = [
    path("cards/", cards, name="cards"),
    path("cards/issue", cards_issue, name="cards_issue"),
    path("cards/renew", cards_renew, name="cards_renew"),
    path("cards/go-on", cards_go_on, name="cards_go_on"),
    path("cards/files/<slug:run>/<slug:kind>", cards_files, name="cards_files"),
    path("cards/destroy", cards_destroy, name="cards_destroy"),
    path("cards/replace/", replace, name="cards_replace"),
    path("cards/replace/do", replace_do, name="cards_replace_do"),
    path("cards/replace/move", replace_move, name="cards_replace_move"),
    path("cards/papers/", papers, name="cards_papers"),
    path("cards/papers/print", papers_print, name="cards_papers_print"),
    path("cards/devices/", devices, name="cards_devices"),
    path("cards/devices/invite", devices_invite, name="cards_devices_invite"),
    path("cards/devices/certify", devices_certify, name="cards_devices_certify"),
    path("cards/devices/back", devices_back, name="cards_devices_back"),
    path("cards/vouchers/", vouchers, name="cards_vouchers"),
    path("cards/vouchers/pay", vouchers_pay, name="cards_vouchers_pay"),
    path("cards/vouchers/file", vouchers_file, name="cards_vouchers_file"),
]
