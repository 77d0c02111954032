"""The journey of one message, from its bytes to everything that ends it. The order is written here, once."""

from bot.mail.newest import read_newest
from bot.runners.answers import settle_without_import
from bot.runners.bounces import file_bounce, find_returned
from bot.runners.carry_out import asks_for_import, begin_import, carry_out, report_import
from bot.runners.office import Office
from bot.runners.reading import open_message, read_case
from bot.values.ledger import Job, Settlement


def work_message(job: Job, office: Office) -> Settlement:
    """Do what the message asks for and say how it ends; taken up again after a crash, it goes on.

    Raises Temporary where it should be tried again later.
    """
    message = open_message(job, office)
    record = office.imports.of_job(job)
    if record is None:
        returned = find_returned(message, office)
        if returned:
            return file_bounce(job, returned, office)
    case = read_case(job, message, read_newest(message), office)
    if record is None:
        if not asks_for_import(case):
            return settle_without_import(case, office)
        record = begin_import(case, office)
    office.log("import_under_way", message=job.id, reference=record.reference)
    carry_out(job, record, office)
    return report_import(job, message, case.wishes, record, office)
