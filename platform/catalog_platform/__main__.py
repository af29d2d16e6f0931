"""`python -m catalog_platform` is `catalogctl`."""

import sys

from catalog_platform.cli import main

sys.exit(main())
