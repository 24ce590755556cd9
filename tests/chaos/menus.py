"""What is edited in these runs, field by field, with values that differ each time."""

from decimal import Decimal

GROUPS = ("5e6b1a09c3d4", "6f7c2b1ad4e5", "7a8d3c2be5f6")
INDEED = {
    "name": lambda dice, n: f"Campaign renamed {n}",
    "trackingToken": lambda dice, n: f"token-{n}",
    "status": lambda dice, n: dice.choice(("ACTIVE", "PAUSED")),
    "objective.target": lambda dice, n: Decimal(n) + Decimal("0.50"),
    "jobsQuery": lambda dice, n: f"title:(picker OR n{n})",
}
MICROWORKERS = {
    "ttr": lambda dice, n: dice.randint(1, 30),
    "groupId": lambda dice, n: dice.choice(GROUPS),
    "qtRequired": lambda dice, n: dice.random() < 0.5,
    "maximumJobLimit.enabled": lambda dice, n: dice.random() < 0.5,
    "maximumJobLimit.limitPerDay": lambda dice, n: 100 + n,
    "autoSkipTask.timeLimit": lambda dice, n: 1000 + n,
    "timeToWaitAfterSlotExpiration": lambda dice, n: n,
}
MENUS = {"indeed": INDEED, "microworkers": MICROWORKERS}
