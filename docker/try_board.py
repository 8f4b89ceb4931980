"""Run inside the image: start the board on a free port, wait until it is healthy, stop it. Exit code 1 when it never is."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = str(probe.getsockname()[1])
board = subprocess.Popen(["earshot", "board", "--host", "127.0.0.1", "--port", port], start_new_session=True)
healthy, deadline = False, time.monotonic() + 60
while not healthy and board.poll() is None and time.monotonic() < deadline:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            healthy = answer.status == 200
    except OSError:
        time.sleep(0.5)
os.killpg(board.pid, signal.SIGTERM)
board.wait(timeout=20)
sys.exit(0 if healthy else "the board did not answer within 60 s")
