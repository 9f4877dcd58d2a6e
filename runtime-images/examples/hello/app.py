"""The smallest useful function: an event in, JSON out, one line in the log."""

import json


def handler(event, context):
    name = event.get("name", "world")
    print(json.dumps({"greeting": name, "remainingMillis": context.get_remaining_time_in_millis()}))
    return {"message": f"Hello, {name}!", "requestId": context.aws_request_id}
