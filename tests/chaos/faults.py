"""What goes wrong in one history, drawn from its dice."""

from dataclasses import dataclass, field

from tests.chaos.line import Counted, retry_after

FREEZES = (10, 40, 120)


@dataclass
class Weather:
    """How often what goes wrong; a sabotage run turns up what brings it to light."""

    patches: int = 8
    reads: int = 2
    kills: int = 2
    freezes: int = 1
    rivals: int = 3
    only: tuple[str, ...] = ()
    freezes_last: tuple[int, ...] = FREEZES
    facts: dict = field(default_factory=dict)


def of_patches(stage, keys, spellings):
    """Every way a PATCH goes wrong: name to the words of the fault script."""
    dice = stage.dice
    refuse = _refusals(stage)
    few = [key for key in keys if dice.random() < 0.5]
    return {
        "lost after": {"lost": "after"},
        "lost before": {"lost": "before"},
        "lost, late soon": {"lost": "after", "late_effect": dice.uniform(1, 25)},
        "lost, late": {"lost": "after", "late_effect": dice.uniform(1, 590)},
        "dark": {"dark": dice.uniform(5, 120)},
        "lost after, dark": {"lost": "after", "dark": dice.uniform(35, 200)},
        "lost before, dark": {"lost": "before", "dark": dice.uniform(35, 200)},
        "late effect": {"late_effect": dice.uniform(1, 590)},
        "twice": {"twice": dice.uniform(0.001, 0.01), "late": 0.5},
        "half": {"partly": few},
        "half, lost": {"partly": few, "lost": "after"},
        "ignored": {"ignore": True},
        "normalised": {"normalise": spellings},
        "stale": {"stale": dice.uniform(0, 20)},
        "stale, lost": {"stale": dice.uniform(0, 20), "lost": "after"},
        "slow": {"late": dice.uniform(3, 12)},
        "too slow": {"late": dice.uniform(12, 30)},
        "rival": {"rival": True},
        "cut": {"cut": 10},
        "page": {"html": dice.choice((502, 503, 200)), "applied": dice.random() < 0.5},
        **refuse,
    }


def _refusals(stage):
    dice = stage.dice
    slow = {"Retry-After": retry_after(stage, dice.uniform(1, 90), dice)}
    codes = dice.choice((500, 502, 503, 504, 408))
    return {
        "429": {"refuse": {"status": 429, "headers": slow}},
        "429 bare": {"refuse": {"status": 429}},
        "5xx": {"refuse": {"status": codes}},
        "5xx applied": {"refuse": {"status": codes}, "applied": True},
        "400": {"refuse": {"status": 400}},
        "401": {"refuse": {"status": 401}},
        "403": {"refuse": {"status": 403}},
        "404": {"refuse": {"status": 404}},
    }


def of_reads(stage):
    dice = stage.dice
    some = {
        "lost": {"lost": "before"},
        "slow": {"late": dice.uniform(2, 25)},
        "rival after": {"rival_after": True},
        "rival": {"rival": True},
        "page": {"html": 502},
    }
    refusals = _refusals(stage)
    kept = ("429", "429 bare", "5xx", "401", "403", "404")
    return some | {name: refusals[name] for name in kept}


def plant(site, stage, weather, keys, spellings):
    """Give the site its faults, and the actors theirs."""
    dice = stage.dice
    for method, count, kinds in (
        ("PATCH", weather.patches, lambda: of_patches(stage, keys, spellings)),
        ("GET", weather.reads, lambda: of_reads(stage)),
        ("POST", 1, lambda: {"lost": {"lost": "before"}, "slow": {"late": 12}}),
    ):
        for _ in range(count):
            all_of_them = kinds()
            chosen = [k for k in weather.only if k in all_of_them]
            name = dice.choice(chosen or sorted(all_of_them))
            nth = dice.randint(2, 22) if method != "POST" else dice.randint(2, 5)
            site.faults.append(Counted(method, nth, all_of_them[name]))
    for _ in range(weather.kills):
        stage.blows[dice.randint(20, 2500)] = "kill"
    for _ in range(weather.freezes):
        stage.blows[dice.randint(20, 2500)] = dice.choice(weather.freezes_last)
    if dice.random() < 0.15:
        begin = dice.uniform(10, 60)
        refused = {"refuse": {"status": dice.choice((503, 503, 403))}}
        site.outage = (begin, begin + dice.uniform(5, 60), refused)
