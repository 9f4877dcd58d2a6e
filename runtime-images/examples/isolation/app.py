"""Shows what one call leaves to the next, under each isolation.

With `reuse` the counter grows and the note stays, from call to call of one sandbox. With `fork` each call starts from the
same initialised process: the counter is 1 every time, and /tmp is emptied when no copy runs. With `fresh` each call has a
sandbox of its own.
"""

import pathlib

calls = 0
note = pathlib.Path("/tmp/note")


def handler(event, context):
    global calls
    calls += 1
    found = note.exists()
    note.write_text(context.aws_request_id)
    return {"callsOfThisProcess": calls, "foundAnEarlierNote": found}
