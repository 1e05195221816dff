# open: memory shared between processes is bounded where cgroups can be had, and by time elsewhere
import mmap
kept = []
while len(kept) < 24:
    kept.append(mmap.mmap(-1, 64 << 20))
    for page in range(0, 64 << 20, 4096):
        kept[-1][page] = 1
