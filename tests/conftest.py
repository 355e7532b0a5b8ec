"""What several test folders share lies beside this file; so that they find it, their folder's parent is on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
