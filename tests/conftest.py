"""What all tests share: hypothesis without a clock, so that a busy machine is not a failing test."""

from hypothesis import settings

settings.register_profile("evenhand", deadline=None)
settings.load_profile("evenhand")
