"""The lessons' live figures: each function returns a View for `plots.still` and `live.panel`.

How to write a view
-------------------
One module, named for what it shows; one function of the same name, decorated with ``@drawing()``
(so that the user's matplotlib settings have no effect) that returns a View::

    @drawing()
    def noise_floor(problem, *, steps=60) -> View:
        controls = {"lr": Control(0.1, 0.01, 1.0, "log")}
        fig, ax = figure(7.6, 4.2, [["path", "loss"]])
        path = Valley(ax["path"], problem, ("w", "b"))   # parts draw
        loss = Loss(ax["loss"], steps, 1.0, (-7, 3), "loss")

        def update(lr):                                  # what is measured, what is said
            trace = descend(problem, sgd, lr, steps)
            path.show(trace.theta)
            loss.show(trace.loss)
            return f"lr = {as_rate(lr)}: {outcome(trace.loss)}."

        return View(fig, path.moving | loss.moving, update, controls)

    EXAMPLES = {"noise_floor": lambda: noise_floor(valley())}

* `parts` has the path that runs away along its own ray, loss, level, rings, strip of rates, and
  `directions_of(problem)`; `lrlib.words` has numbers, rates, outcomes and settings in words. What
  only your view shows is a small class of the same form: made once, ``moving``, ``show``.
* ``moving`` names every artist that `update` touches. Lines, marks and levels that stay get a
  ``gid``; the words beside one the gid ``"NAME, name"``, words elsewhere that explain it
  ``"NAME, key"``, both in its colour or `plots.ink` of it.
* `update` returns one sentence whose numbers are those of what it drew, and survives divergence.
* ``EXAMPLES`` makes every view and picture of the module from nothing: name of the function (and,
  after a comma, a variant) -> function without arguments. The tests find it there.
* ``tests/drawn/<module>.py`` has a function of the view's name: ``noise_floor(variant, **values)``
  -> a dict that says of each name what it must show at these values, worked out anew and not by
  the view: ``(x, y)`` for a line, a number for a straight line or the end of a bar, a string for
  words, None for what must not be seen, or a function of the artist that returns what is wrong
  with it; under ``"said"`` the numbers of the sentence that no artist shows. `drawn.laws` has path,
  rings and losses. `test_drawn` moves every control and fails on what nothing is said of.
* One scale (`parts.square`) where the shape of a valley is the message. A figure is 7.6 inches
  wide and at most 4.7 high, so that its panel fits a projector.
"""
