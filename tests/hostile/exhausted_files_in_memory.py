# open: files in memory are bounded one by one, and together only where cgroups can be had
import os
kept = []
while len(kept) < 128:
    kept.append(os.memfd_create("x"))
    for _ in range(12):
        os.write(kept[-1], bytes(1 << 20))
