from IPython.display import HTML, display
shown = display(HTML("x"), display_id=True)
while True:
    shown.update(HTML("y" * 30_000))
