"""What the virtual machine's checks deploy: a function that runs into each of its limits when told to."""

import os
import time


def handler(event, context):
    return {"allocate": allocate, "processes": processes, "spin": spin, "sleep": sleep}[event["action"]](event)


def allocate(event):
    """Touches every page of so many bytes; beyond the limit there is no answer."""
    block = bytearray(event["bytes"])
    block[::4096] = b"x" * len(block[::4096])
    return {"bytes": len(block)}


def processes(event):
    """Forks until the kernel refuses; says how many there were and why no more."""
    children = []
    try:
        while len(children) < event["most"]:
            child = os.fork()
            if child == 0:
                time.sleep(600)
                os._exit(0)
            children.append(child)
        refused = None
    except OSError as error:
        refused = error.strerror
    for child in children:
        os.kill(child, 9)
        os.waitpid(child, 0)
    return {"children": len(children), "refused": refused}


def spin(event):
    """Computes for so many seconds of time; says how much of a CPU it got."""
    start, used = time.monotonic(), time.process_time()
    while time.monotonic() < start + event["seconds"]:
        pass
    return {"cpuMillis": round((time.process_time() - used) / (time.monotonic() - start) * 1000)}


def sleep(event):
    time.sleep(event["seconds"])
    return {}
