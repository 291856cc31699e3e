"""The store as a Django app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Tables keep the names their models give them."""

    name = "evenhand.store"
    label = "store"
