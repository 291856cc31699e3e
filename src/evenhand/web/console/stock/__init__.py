"""Stock and dispatch: what lies where, what came, what leaves and how it arrives, what is written off, and the lorries."""

from __future__ import annotations

from django.urls import path

from evenhand.web.console.stock.arrivals import arrivals, arrivals_add
from evenhand.web.console.stock.balances import balances
from evenhand.web.console.stock.lanes import lanes, lanes_close
from evenhand.web.console.stock.lorries import lorries, lorries_lists
from evenhand.web.console.stock.received import received, received_enter
from evenhand.web.console.stock.transfers import transfers, transfers_enter
from evenhand.web.console.stock.waybills import waybills, waybills_print, waybills_send
from evenhand.web.console.stock.writeoffs import writeoffs, writeoffs_answer, writeoffs_propose

urls = [
    path("stock/", balances, name="stock"),
    path("stock/arrivals/", arrivals, name="stock_arrivals"),
    path("stock/arrivals/add", arrivals_add, name="stock_arrivals_add"),
    path("stock/waybills/", waybills, name="stock_waybills"),
    path("stock/waybills/send", waybills_send, name="stock_waybills_send"),
    path("stock/waybills/print", waybills_print, name="stock_waybills_print"),
    path("stock/received/", received, name="stock_received"),
    path("stock/received/enter", received_enter, name="stock_received_enter"),
    path("stock/transfers/", transfers, name="stock_transfers"),
    path("stock/transfers/enter", transfers_enter, name="stock_transfers_enter"),
    path("stock/lanes/", lanes, name="stock_lanes"),
    path("stock/lanes/close", lanes_close, name="stock_lanes_close"),
    path("stock/writeoffs/", writeoffs, name="stock_writeoffs"),
    path("stock/writeoffs/propose", writeoffs_propose, name="stock_writeoffs_propose"),
    path("stock/writeoffs/answer", writeoffs_answer, name="stock_writeoffs_answer"),
    path("stock/lorries/", lorries, name="stock_lorries"),
    path("stock/lorries/lists", lorries_lists, name="stock_lorries_lists"),
]
