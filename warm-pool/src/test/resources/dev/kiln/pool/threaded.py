"""A function that starts a thread when it is imported, and so cannot be forked."""

import threading
import time

COUNT = 0

threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


def handler(event, context):
    global COUNT
    COUNT += 1
    return COUNT
