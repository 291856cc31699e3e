"""What all tests share: hypothesis without a clock, so that a busy machine is not a failing test; and in CI the same
examples every time, so that a change is judged by what it changed. At home each run looks further."""

import os

from hypothesis import settings

settings.register_profile("evenhand", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("evenhand")
