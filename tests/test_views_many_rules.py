"""The sentence under the six rules is true of their runs."""

from lrlib import descend, sgd
from lrlib.problems import saddle, valley
from lrlib.views.many_rules import RULES, STEPS, many_rules

THROWN = ("SGD", "momentum", "Schedule-Free")


def test_who_has_left_the_saddle():
    view = many_rules()
    assert view.update(step=0, multiplier=1.0).endswith("Away from the saddle: none.")
    assert view.update(step=60, multiplier=1.0).endswith(f"saddle: {', '.join(RULES)}.")
    early = "Away from the saddle: RMSprop, Adam, Lion."
    assert view.update(step=5, multiplier=1.0).endswith(early)
    y = descend(saddle((1.0, 0.01)), sgd, 0.4, 60).theta[:, 1]
    left = int((abs(y) > 0.5).argmax())
    for step, away in ((left - 1, False), (left, True)):
        assert ("saddle: SGD" in view.update(step=step, multiplier=1.0)) == away


def test_who_is_thrown_out_at_twice_and_at_ten_times_the_rate():
    for multiplier, thrown in ((1.0, ()), (2.0, ("SGD",)), (10.0, THROWN)):
        for rule, how in RULES.items():
            loss = descend(valley(), how.kernel, multiplier * how.lr, STEPS, **how.hyper).loss
            fine = bool(loss[-1] <= loss[0])
            assert fine != (rule in thrown), (multiplier, rule)
