# Twice forked, in a session of its own, deaf to signals; it would outlive the cell and write afterwards.
import ctypes, os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b"outlives", 0, 0, 0)
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass
        while True:
            time.sleep(0.05)
            with open("/tmp/partiel-was-here", "a") as file:
                file.write("x")
    os._exit(0)
def double(x):
    return x
