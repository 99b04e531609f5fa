"""On what terms agents work: the tables of ``[employment]``, from pay and price to newcomers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hotline_sim.definitions import CLAUSES, pattern_of
from hotline_sim.laws import Table
from hotline_sim.scenario.quantities import Days, Money, Share


class Terms(Table):
    """What every employment says of its people, and of the way from money to agents on duty.

    How people come, learn and go acts through the duty table.
    """

    productive_hours_per_person_year: Annotated[
        float, Field(gt=0, le=8784, description="net of leave, training, breaks and absence")
    ]
    turnover_per_year: Annotated[
        float, Field(ge=0, le=10, description="leavers a year, of each person employed")
    ] = 0.0
    hiring_days: Annotated[Days, Field(description="from the search to the first day")] = 0.0
    notice_days: Annotated[
        Days, Field(description="the search begins so long before the leaver's last day")
    ] = 0.0
    training_days: Annotated[Days, Field(description="paid, not yet on duty")] = 0.0
    novice_factor: Annotated[
        float, Field(ge=1, le=20, description="handle time on the first day of duty, times usual")
    ] = 1.0
    learning_days: Annotated[Days, Field(description="until a newcomer is as fast as others")] = 0.0
    spread: Annotated[
        float, Field(ge=0, le=2, description="between agents: sd of the logarithm of handle time")
    ] = 0.0
    hiring_cny: Annotated[Money, Field(description="to find a newcomer")] = 0.0
    training_cny: Annotated[Money, Field(description="to train a newcomer")] = 0.0
    budget_cny: Annotated[
        float | None,
        Field(
            gt=0,
            le=1e12,
            description="a year; in-house what is spent, outsourced what may at most be paid",
        ),
    ] = None
    staff_share: Annotated[
        float | None,
        Field(gt=0, le=1, description="of the budget or award: what pays agents"),
    ] = None
    answering_share: Annotated[
        float | None,
        Field(
            gt=0,
            le=1,
            description="share of the agents' productive time that is on duty for these channels",
        ),
    ] = None


class InHouse(Terms):
    """Agents the city employs (自聘): what one of them costs a year."""

    pay_cny_per_person_year: Annotated[float, Field(gt=0, le=1e9)]
    social_insurance_share: Annotated[
        float, Field(ge=0, le=5, description="of the pay: the employer's social insurance")
    ]
    overhead_share: Annotated[
        float, Field(ge=0, le=5, description="of the pay: welfare, workplace, supervision")
    ]


class Kpi(Table):
    """A clause that cuts the fee of each window in which a measure falls short of its target.

    Of a rate that shall be small, such as the abandonment rate, what is above the target cuts.

    Window ``day_24h`` is the worst continuous 24 h that begins in each month, held against
    the month's fee.
    """

    measure: Annotated[
        str,
        Field(
            description="a rate that is one count over another; service_level(20): at 20 s",
            json_schema_extra={"pattern": pattern_of(CLAUSES)},  # the loader tells more
        ),
    ]
    window: Annotated[
        Literal["day_24h", "month", "quarter"],
        Field(description="of the calendar; day_24h: for connect_rate alone"),
    ]
    target: Annotated[float, Field(gt=0, le=1)]
    share_per_point: Annotated[
        float, Field(ge=0, le=1, description="of the fee, lost per percentage point short")
    ]
    cap: Annotated[Share, Field(description="of the fee: the most that is lost")]


class Outsourced(Terms):
    """A contract (政府购买服务): what is paid for, and what a person costs the contractor."""

    price: Annotated[
        Literal["award", "seat_month", "person_month", "answered"],
        Field(
            description="paid for: the year as a whole, each seat or person a month, or each "
            "inbound contact answered"
        ),
    ] = "award"
    award_cny: Annotated[
        float | None, Field(gt=0, le=1e12, description="a year; price award alone")
    ] = None
    price_cny: Annotated[
        float | None, Field(gt=0, le=1e9, description="of one unit; every price but award")
    ] = None
    award_over_budget: Annotated[
        float | None, Field(gt=0, le=1, description="gives the award of a budget")
    ] = None
    cost_per_person_month_cny: Annotated[
        float, Field(gt=0, le=1e9, description="the contractor's, without turnover")
    ]
    kpi: tuple[Kpi, ...] = ()


AnyTerms = InHouse | Outsourced


class Employment(Table):
    """On what terms agents work; a team's ``employment`` picks one."""

    in_house: InHouse | None = None
    outsourced: Outsourced | None = None
