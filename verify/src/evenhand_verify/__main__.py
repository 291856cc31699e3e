"""`python -m evenhand_verify`."""

import sys

from evenhand_verify.main import main

sys.exit(main())
