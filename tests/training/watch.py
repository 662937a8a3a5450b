"""Hears how far a tuning run is, and remembers it."""


class Watch:
    """Implements `goodsight.training.tuning_options.TuningWatch`."""

    def __init__(self):
        self.heard = []

    def heard_of(self, name):
        return any(entry[0] == name for entry in self.heard)

    def viewed(self, done, total):
        self.heard.append(("viewed", done, total))

    def embedded(self, done, total):
        self.heard.append(("embedded", done, total))

    def training(self, name, progress):
        self.heard.append((name, progress.point.epoch, progress.epochs))

    def skipped(self, skip):
        self.heard.append(("skipped", skip.reference, skip.reason))

    def stage(self, name):
        self.heard.append((name,))
