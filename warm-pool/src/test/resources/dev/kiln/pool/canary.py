"""Leaves a mark wherever a process can leave one, and looks for marks."""

import ctypes
import os
import resource
import signal
import socket
import threading
import time

MARK = "canary"
libc = ctypes.CDLL(None, use_errno=True)
left = []


def handler(event, context):
    if event == "leave":
        leave()
        return "left"
    return look()


def leave():
    left.append(MARK)
    import json

    json.canary = MARK
    os.environ["CANARY"] = MARK
    for path in ("/tmp/canary", "/dev/shm/canary"):
        with open(path, "w") as file:
            file.write(MARK)
    os.mkdir("/tmp/folder")
    os.mkdir("/tmp/folder/locked")
    os.chmod("/tmp/folder/locked", 0)
    os.mkfifo("/tmp/fifo")
    os.chdir("/tmp")
    os.umask(0)
    threading.Thread(target=time.sleep, args=(3600,), daemon=True, name=MARK).start()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))
    signal.setitimer(signal.ITIMER_REAL, 3600)
    libc.shmget(0x4B494C4E, 4096, 0o1600)
    libc.msgget(0x4B494C4E, 0o1600)
    libc.semget(0x4B494C4E, 1, 0o1600)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("\0canary")
    listening.listen()
    left.append(listening)
    if os.fork() == 0:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(3600)


def look():
    """Whatever is not as a fresh sandbox has it."""
    found = []
    import json

    if left or hasattr(json, "canary"):
        found.append("global")
    if "CANARY" in os.environ:
        found.append("environment")
    for folder in ("/tmp", "/dev/shm"):
        if os.listdir(folder):
            found.append(folder)
    if os.getcwd() != "/var/task":
        found.append("current directory")
    if os.umask(0o22) != 0o22:
        found.append("umask")
    if threading.active_count() > 1:
        found.append("thread")
    if signal.pthread_sigmask(signal.SIG_BLOCK, set()):
        found.append("signal mask")
    if signal.getsignal(signal.SIGUSR2) != signal.SIG_DFL:
        found.append("signal handler")
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] <= 50:
        found.append("rlimit")
    if signal.getitimer(signal.ITIMER_REAL)[0]:
        found.append("timer")
    for name, get in (("shm", libc.shmget), ("msg", libc.msgget), ("sem", libc.semget)):
        if get(0x4B494C4E, 0, 0) >= 0:
            found.append("System V " + name)
    with open("/proc/self/net/unix") as file:
        if "canary" in file.read():
            found.append("abstract socket")
    others = [pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) not in (1, os.getpid())]
    if others:
        found.append(f"{len(others)} processes")
    return ", ".join(found)
