"""What the documents print of each city, and what follows from it by arithmetic alone.

Written from the documents themselves (see scenarios/sources.toml), not from the scenarios.
``PUBLISHED[name][key]`` is the printed figure that a scenario states under a key, with the
source; ``DERIVED[name][key]`` the exact sum with how coarsely the scenario rounds it. What a
shipped scenario states beyond these two, it may only assume.
"""

from fractions import Fraction

# ---- what several scenarios rest on
MAIL_S, MEDIA_S = 24 * 60 * 60, 3 * 60  # GB/T 33358: mail within 24 h; SMS and media within 3 min
REDIAL, REPEAT = Fraction("0.45"), Fraction("0.10")  # assumed for every city; see hotline-base


def people(answered, connect_rate):
    """Return the cases behind so many answered calls: attempts less redials less repeats."""
    attempts = answered / Fraction(connect_rate)
    failed = 1 - Fraction(connect_rate)
    return float(attempts * (1 - REDIAL * failed - REPEAT * Fraction(connect_rate)))


Published = dict[str, tuple[float, str]]  # by key: the number, and its source
Derived = dict[str, tuple[float, float]]  # by key: the number, and how near it must be

MAIL: Published = {"channels.app.deadline_s": (MAIL_S, "gbt-33358")}
PUBLISHED: dict[str, Published] = {"hotline-base": MAIL, "storm-week": MAIL, "busy-chat-day": MAIL}
PUBLISHED |= {"first-day": {}, "one-team": {}}
DERIVED: dict[str, Derived] = {}

# ---- Nanning (dahe-2024): before, hired staff; after, contracted
NANNING_YEAR: Published = {"horizon.days": (365, "dahe-2024")}  # July to June; 2020 is a leap year
PUBLISHED["nanning-base"] = MAIL | NANNING_YEAR
PUBLISHED["nanning-before"] = MAIL | {
    "horizon.days": (366, "dahe-2024"),
    "published.answered": (136_034, "dahe-2024"),
    "published.connect_rate_monthly_mean": (0.30, "dahe-2024"),  # about
    "published.participation_rate": (0.01, "dahe-2024"),  # under
    "published.satisfaction_rate": (0.78, "dahe-2024"),  # about
}
PUBLISHED["nanning-after"] = {
    **MAIL,
    **NANNING_YEAR,
    "published.answered": (406_174, "dahe-2024"),
    "published.connect_rate_monthly_mean": (0.9007, "dahe-2024"),
    "published.participation_rate": (0.5434, "dahe-2024"),
    "published.satisfaction_rate": (0.9768, "dahe-2024"),
    "employment.outsourced.budget_cny": (12_012_200, "dahe-2024"),
    "employment.outsourced.award_cny": (11_998_000, "dahe-2024"),
    "printed.answered_growth_times": (2.38, "dahe-2024"),  # wrong, but printed
    "printed.commendations": (369, "dahe-2024"),
    "printed.seats_early": (60, "nanning-2026"),  # 60-odd
    "printed.seats_late": (200, "nanning-2026"),  # over
    "printed.lines_merged": (47, "nanning-2026"),
}
NANNING_ANSWERED_A_YEAR = {  # of 365 days
    "nanning-before": (136_034 * Fraction(365, 366), "0.30"),
    "nanning-after": (Fraction(406_174), "0.9007"),
}

# ---- a made-up province: what the standard says is all that is known of it
PUBLISHED["province"] = MAIL

# ---- Liaocheng: tenders of 2020 to 2024 (dahe-2024); one day (liaocheng-daily)
LIAOCHENG: Published = MAIL | {
    "channels.web.deadline_s": (MAIL_S, "gbt-33358"),
    "channels.sms.deadline_s": (MEDIA_S, "gbt-33358"),
    "channels.weibo.deadline_s": (MEDIA_S, "gbt-33358"),
    "channels.phone.talk.mean_s": (218, "liaocheng-daily"),
    "printed.abandoned_so_far": (71, "liaocheng-daily"),  # of one day, not yet over
    "printed.answered_share_so_far": (0.98, "liaocheng-daily"),
}
PUBLISHED["liaocheng-base"] = LIAOCHENG
TENDERS = {  # budget, award; 2020's award is not printed
    2020: (9_600_000, None),
    2021: (14_000_000, 13_959_663),
    2022: (16_730_000, 16_693_615.85),
    2023: (15_890_000, 15_869_550),
    2024: (16_730_000, 16_665_264),
}
TERM_IS_PRINTED = (2020, 2024)  # a year
for year, (budget, award) in TENDERS.items():
    found = LIAOCHENG | {"employment.outsourced.budget_cny": (budget, "dahe-2024")}
    if year in TERM_IS_PRINTED:
        found["horizon.days"] = (365, "dahe-2024")
    if award is not None:
        found["employment.outsourced.award_cny"] = (award, "dahe-2024")
    PUBLISHED[f"liaocheng-{year}"] = found
PUBLISHED["liaocheng-one-day"] = LIAOCHENG | {
    "horizon.days": (1, "liaocheng-daily"),
    "published.connect_rate": (0.98, "liaocheng-daily"),
    "printed.seats": (184, "liaocheng-daily"),  # filled or not
}
DERIVED["liaocheng-one-day"] = {"channels.phone.connect_rate": (0.98, 0)}
OFFERED_THAT_DAY = 71 / (1 - Fraction("0.98"))  # 71 abandoned so far, 98 % answered

# ---- Guangzhou: the budget of three years (dahe-2024), the services of 2023 (gz-2023)
PUBLISHED["guangzhou-2023-2025"] = MAIL | {
    "horizon.days": (365, "gz-2023"),
    "printed.budget_three_years_cny": (466_602_900, "dahe-2024"),
    "printed.services": (36_497_900, "gz-2023"),
    "printed.services_by_internet": (22_601_900, "gz-2023"),
    "printed.agents": (1000, "gz-xinhua"),  # over
    "printed.lines_merged": (92, "gz-xinhua"),
    "printed.queues": (6, "gz-xinhua"),
}
DERIVED["guangzhou-2023-2025"] = {
    "employment.outsourced.budget_cny": (466_602_900 / 3, 1),
    "printed.services_not_by_internet": (36_497_900 - 22_601_900, 1),
}

# ---- budgets: Dongguan's of one year; Meizhou's, its term not printed (dahe-2024)
PUBLISHED["dongguan-2024"] = MAIL | {
    "horizon.days": (365, "dahe-2024"),
    "employment.outsourced.budget_cny": (51_940_000, "dahe-2024"),
}
PUBLISHED["meizhou-2024"] = MAIL | {"employment.outsourced.budget_cny": (3_420_000, "dahe-2024")}

# ---- Hefei: 24 lines merged (dahe-2024); 2018 (hefei-2018)
HEFEI_SEATS: Published = MAIL | {"printed.seats": (40, "hefei-2018")}
PUBLISHED["hefei-2018-base"] = HEFEI_SEATS
for state, agents, rate in (("before", 41, 0.96), ("merged", 41, 0.76), ("hired", 100, None)):
    found = HEFEI_SEATS | {"printed.agents": (agents, "hefei-2018")}
    if rate is not None:  # with 100 agents none was printed
        found["published.connect_rate"] = (rate, "hefei-2018")
    PUBLISHED[f"hefei-2018-{state}"] = found
for state in ("apart", "merged"):
    PUBLISHED[f"hefei-24-lines-{state}"] = MAIL | {"printed.lines_merged": (24, "dahe-2024")}

# ---- Qinhuangdao (qhd-2024): the connect rate of the first and the last year only
QINHUANGDAO: Published = MAIL | {"printed.lines_merged": (26, "qhd-2024")}
PUBLISHED["qinhuangdao-base"] = QINHUANGDAO
ANSWERED = {2021: 302_000, 2022: 382_000, 2023: 553_000, 2024: 685_000}
CONNECT_RATE = {2021: "0.70", 2024: "0.99"}  # 2024: over
for year, answered in ANSWERED.items():
    found = QINHUANGDAO | {
        "horizon.days": (366 if year == 2024 else 365, "qhd-2024"),
        "published.answered": (answered, "qhd-2024"),
    }
    if year in CONNECT_RATE:
        found["published.connect_rate"] = (float(CONNECT_RATE[year]), "qhd-2024")
        stated = {"channels.phone.connect_rate": (float(CONNECT_RATE[year]), 0.0)}
        DERIVED[f"qinhuangdao-{year}"] = stated
    PUBLISHED[f"qinhuangdao-{year}"] = found

# ---- award over budget (dahe-2024): the mean of Liaocheng's four printed awards
RATIOS = [Fraction(str(award)) / budget for budget, award in TENDERS.values() if award is not None]
AWARD_OVER_BUDGET = float(sum(RATIOS) / len(RATIOS))
for name in PUBLISHED:
    if name not in ("first-day", "one-team"):
        ratio = {"employment.outsourced.award_over_budget": (AWARD_OVER_BUDGET, 0.001)}
        DERIVED[name] = DERIVED.get(name, {}) | ratio

PUBLISHED |= {"work-orders": {}, "missed-calls": {}, "missed-calls-called-back": {}}  # made up
