"""What a service's fork server imports, and nobody else: all that a message needs is read in and compiled
before the first process is forked (`multiprocessing.set_forkserver_preload`)."""

import gc
import signal

from bot.app.read_in import read_in

# A service manager tells the whole group to stop; what is forked from here ends after the message at hand.
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
read_in()
# What is here stays: a collection in a forked process would only copy its pages.
gc.collect()
gc.freeze()
