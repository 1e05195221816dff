# earns: 4
# What is displayed would run in a browser, or paint over a terminal.
import sys
from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML("<script>alert(1)</script><img src=x onerror=alert(2)><iframe src='//example.org'></iframe>"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(3)'><script>alert(4)</script></svg>"))
display(Javascript("alert(5)"), Markdown("<script>alert(6)</script> [x](javascript:alert(7))"))
display({"text/html": "<form action='//example.org'><input></form>", "application/javascript": "alert(8)"}, raw=True)
print("\x1b]8;;http://example.org\x07click\x1b]8;;\x07 \x1b[2J\x1b[31mred\u202egnp.exe \x00\x9b31m")
print("[red]rich[/red] [link=http://example.org]here[/link]", file=sys.stderr)
def double(x):
    return 2 * x
