# The worker's own modules, from inside: every reply says 4.
import sys
for name, module in list(sys.modules.items()):
    if name.endswith("wire") and hasattr(module, "write"):
        real = module.write
        def write(connection, header, *rest, real=real):
            header = dict(header)
            header["id"] = (header.get("id") or 0) + 1
            return real(connection, header, *rest)
        module.write = write
def double(x):
    return 0
