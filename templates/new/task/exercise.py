from grader.author import grid, task

minutes = 15
difficulty = 3  # 1 to 5
tags = ("SHELF",)
needs = ()  # ("torch",), ("torch", "keras"), ("torch", "keras", "mnist")

params = grid(n=[2, 3, 4, 5])  # ✎ what differs from student to student


@task(points=2)
def function(x):
    ...  # ✎ what students complete; the same in every variant


@function.check
def visible(function):
    assert function(1) == 1  # ✎ what they can read and run


@function.hidden_check(weight=2)
def hidden(function, n):
    assert function(n) == n  # ✎ what they never see: other inputs, odd cases
