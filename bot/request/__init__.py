"""What a message asks for, read from its words and headers by pure functions."""

import os

# What is read with numbers has small matrices: threads for them would cost more than they gain.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
