"""What workers leave behind to show that they live."""

from django.db import models


class WorkerBeat(models.Model):
    """When the poller of one worker last went round."""

    name = models.CharField(max_length=120, unique=True)
    began_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.name
