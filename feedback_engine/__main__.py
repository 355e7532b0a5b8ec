"""`python -m feedback_engine`: the same as `feedback-engine`."""

import sys

from feedback_engine.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
