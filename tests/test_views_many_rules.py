"""The sentence under the six rules is true of their runs."""

from lrlib import descend, sgd
from lrlib.problems import saddle
from lrlib.views.many_rules import RULES, many_rules


def test_who_has_left_the_saddle():
    view = many_rules()
    assert view.update(step=0, multiplier=1.0).endswith("Away from the saddle: none.")
    assert view.update(step=60, multiplier=1.0).endswith(f"saddle: {', '.join(RULES)}.")
    y = descend(saddle((1.0, 0.01)), sgd, 0.4, 60).theta[:, 1]
    left = int((abs(y) > 0.5).argmax())
    for step, away in ((left - 1, False), (left, True)):
        assert ("saddle: SGD" in view.update(step=step, multiplier=1.0)) == away
