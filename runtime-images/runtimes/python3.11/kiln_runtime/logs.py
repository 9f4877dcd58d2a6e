"""`logging` as functions find it on AWS Lambda: a handler on the root logger whose lines bear the request's id."""

import logging
import sys
import time

FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"


class _Handler(logging.StreamHandler):
    """Writes to whatever sys.stderr is at the time, and stamps each record with the invocation being served."""

    def __init__(self):
        logging.Handler.__init__(self)
        self.request_id = ""
        formatter = logging.Formatter(FORMAT, TIME_FORMAT)
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    @property
    def stream(self):
        return sys.stderr

    def filter(self, record):
        record.aws_request_id = self.request_id
        return super().filter(record)


HANDLER = _Handler()


def install():
    logging.getLogger().addHandler(HANDLER)


def flush():
    """What a function printed leaves before its answer does, so that it can be told to be this call's."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # the function replaced or closed it
            pass
