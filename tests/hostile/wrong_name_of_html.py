double = type("`<script>alert(1)</script>", (), {"__call__": lambda self, x: self})()
