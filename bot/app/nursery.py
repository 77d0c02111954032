"""What a service's fork server imports, and nobody else: all that a message needs is read in and compiled
before the first process is forked (`multiprocessing.set_forkserver_preload`)."""

import gc
import signal


def _read_in() -> None:
    # Only here, for it takes a second or two, in which we are deaf already.
    import bot.app.service
    import bot.sheet.workbooks  # noqa: F401
    from bot.reply.rehearsal import rehearse
    from bot.reply.template_set import Templates
    from bot.request.alignment import organisational_domain
    from bot.request.network import learned
    from bot.request.vocabulary import LANGUAGES, lexicon

    organisational_domain("customer.example")
    for language in LANGUAGES:
        for layer in lexicon(language).layers.values():
            layer.find([])  # its tree grows when it is first looked through
    learned()
    rehearse(Templates())


# A service manager tells the whole group to stop; what is forked from here ends after the message at hand.
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
_read_in()
# What is here stays: a collection in a forked process would only copy its pages.
gc.collect()
gc.freeze()
