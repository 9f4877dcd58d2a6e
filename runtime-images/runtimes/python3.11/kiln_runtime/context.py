"""The `context` that a handler is called with, with the names that AWS Lambda gives its members."""

import time


class Context:
    """What a call is about. Reading the remaining time is the only thing that changes."""

    def __init__(self, configuration, metadata, deadline):
        self._deadline = deadline
        self.aws_request_id = metadata["requestId"]
        self.function_name = configuration["functionName"]
        self.function_version = configuration["functionVersion"]
        self.invoked_function_arn = configuration["functionArn"]
        self.memory_limit_in_mb = str(configuration["memoryMb"])
        self.log_group_name = configuration["logGroup"]
        self.log_stream_name = configuration["logStream"]

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)
