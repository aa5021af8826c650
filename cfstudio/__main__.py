"""`python -m cfstudio` does what `cfstudio` does."""

import sys

from cfstudio.cli import main

sys.exit(main())
