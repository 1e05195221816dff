# earns: 4
import warnings, sys
class Doubler:
    def __call__(self, x):
        warnings.warn("this is slow")
        print("to stderr", file=sys.stderr)
        return 2 * x
double = Doubler()
!echo a line for the shell
%time pass
