shell = get_ipython()
shell.set_custom_exc((BaseException,), lambda self, kind, value, tb, tb_offset=None: None)
shell.showtraceback = shell.showsyntaxerror = lambda *a, **k: None
type(shell).showtraceback = lambda *a, **k: None
1 / 0
def double(x):
    return 2 * x
