class Red(Exception):
    pass
Red.__name__ = "Red\x1b[31m\u202e[red]<script>alert(1)</script>\n=1+1"
raise Red("\x1b]8;;http://example.org\x07click\x1b[2J\x00\x9b31m\u2066\u202e `x` <img src=x onerror=alert(1)>\r=HYPERLINK(1)")
