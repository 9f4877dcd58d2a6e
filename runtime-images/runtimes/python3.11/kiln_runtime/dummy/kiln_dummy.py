"""Does a little of what most functions do."""

import json
import os

from kiln_dummy_sibling import Greeting, words

SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("KILN")}


def handler(event, context):
    print(json.dumps({"name": event["name"], "remaining": context.get_remaining_time_in_millis()}))
    greeting = Greeting(event.get("name", "nobody"), sorted(event["numbers"]))
    try:
        greeting.missing
    except AttributeError as error:
        message = f"{type(error).__name__}: {error}"
    return {
        "message": greeting.text(),
        "words": list(words(message)),
        "echo": json.loads(json.dumps(event)),
        "request": context.aws_request_id,
    }
