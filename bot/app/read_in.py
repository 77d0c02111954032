"""Reads in and compiles all that a message needs, for processes that are forked from one that has it."""


def read_in() -> None:
    """Takes a second or two of processor; what is forked afterwards finds everything there.

    The encoder is left to the first mail that needs it: its library starts a thread, which no fork survives.
    """
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
