from grader.author import answer, grid, whole

minutes = 5
difficulty = 2  # 1 to 5
tags = ("SHELF",)

params = grid(n=[10, 12, 14, 16], k=[2, 3, 5])  # ✎ what differs from student to student: every combination is proven


@answer(points=1, rule=whole)  # or decimal(2), shape, matrix(), table(…), choice(…), formula(…)
def result(n, k):
    return ...  # ✎ the right answer


@result.misconception
def first_idea(n, k):
    return ...  # ✎ where a wrong idea leads; name the function after the idea


@result.misconception
def second_idea(n, k):
    return ...  # ✎ where another one leads


@result.misconception
def third_idea(n, k):
    return ...  # ✎ and a third one
