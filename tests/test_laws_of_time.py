"""Laws of time: density, survival, mean and quantiles agree with each other and with draws."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from hotline_sim import laws
from hotline_sim.demand.laws import quantile_s, time_laws
from hotline_sim.laws.fitting import FittedName
from hotline_sim.streams import Streams

CONTINUOUS = [
    laws.Exponential(mean_s=350.0),
    laws.Exponential(median_s=90.0),
    laws.Lognormal(mean_s=200.0, sigma_log=0.9),
    laws.Lognormal(median_s=900.0, sigma_log=1.5),
    laws.Weibull(mean_s=350.0, shape=0.75),
    laws.Weibull(median_s=60.0, shape=2.5),
    laws.Gamma(mean_s=6.0, shape=3.0),
    laws.Gamma(median_s=30.0, shape=0.6),
    laws.Hyperexponential(mean_s=240.0, cv=2.0),
    laws.Hyperexponential(median_s=30.0, cv=5.0),
    laws.Uniform(mean_s=60.0, half_width_s=45.0),
    laws.Empirical(points_s=(3.0, 15.0, 40.0, 41.0, 130.0)),
    laws.Empirical(points_s=(3.0, 15.0, 15.0, 15.0, 130.0)),
]
STEPS = [laws.Fixed(mean_s=90.0), laws.Lognormal(mean_s=60.0, sigma_log=0.0)]
EVERY = [*CONTINUOUS, *STEPS, laws.Never()]
SHARES = np.array([1e-6, 0.01, 0.2, 0.5, 0.77, 0.99, 1 - 1e-6])
TIMES_S = np.array([0.0, 1.0, 5.0, 14.0, 15.0, 40.5, 90.0, 300.0, 2000.0, 50_000.0])


@pytest.mark.parametrize("law", CONTINUOUS, ids=repr)
def test_the_density_integrates_to_the_share_given_up(law):
    steps_s = [getattr(law, "points_s", ()), law.quantile_s(np.linspace(0.0, 0.999, 40)[1:])]
    for low, high in ((0.1, 0.4), (0.4, 0.9)):
        ends = law.quantile_s(np.array([low, high]))
        from_s, to_s = ends
        inner = [x for x in np.concatenate(steps_s) if from_s < x < to_s]
        mass = integrate.quad(
            lambda x: float(law.density(np.array(x))), from_s, to_s, points=inner or None
        )
        gone = np.diff(law.given_up(ends))[0]
        steps = sum(np.diff(law.points_s) == 0) if isinstance(law, laws.Empirical) else 0
        assert mass[0] == pytest.approx(gone, rel=1e-7) or steps > 0


@pytest.mark.parametrize("law", EVERY, ids=repr)
def test_survival_and_given_up_are_one_together_and_keep_the_shape(law):
    both = law.survival(TIMES_S) + law.given_up(TIMES_S)
    np.testing.assert_allclose(both, 1.0, rtol=1e-14)
    square = TIMES_S.reshape(2, 5)
    for asked in (law.survival, law.given_up, law.mean_up_to_s, law.density):
        np.testing.assert_array_equal(asked(square), asked(TIMES_S).reshape(2, 5))
    assert (np.diff(law.survival(TIMES_S)) <= 0.0).all()


@pytest.mark.parametrize("law", EVERY, ids=repr)
def test_the_mean_up_to_a_time_is_the_integral_of_the_survival(law):
    for until_s in (10.0, 40.5, 700.0):
        steps_s = [x for x in (*getattr(law, "points_s", ()), 60.0, 90.0) if x < until_s]
        found = integrate.quad(
            lambda x: float(law.survival(np.array(x))),
            0.0,
            until_s,
            points=steps_s or None,
            limit=200,
        )
        assert law.mean_up_to_s(np.array(until_s)) == pytest.approx(found[0], rel=1e-6)


@pytest.mark.parametrize("law", [*CONTINUOUS, *STEPS], ids=repr)
def test_the_mean_is_the_mean_up_to_the_end_of_time(law):
    assert law.mean_up_to_s(np.array(1e12)) == pytest.approx(law.mean(), rel=1e-9)


@pytest.mark.parametrize("law", [*CONTINUOUS, *STEPS], ids=repr)
def test_what_is_drawn_has_the_quantiles_and_the_mean_that_the_law_states(law):
    numbers, knots = time_laws([law])
    drawn = quantile_s(numbers[0], knots, SHARES)
    np.testing.assert_allclose(drawn, law.quantile_s(SHARES), rtol=2e-5)
    even = (np.arange(200_000) + 0.5) / 200_000
    mean_s = quantile_s(numbers[0], knots, even).mean()
    assert mean_s == pytest.approx(law.mean(), rel=0.02)


@pytest.mark.parametrize("law", CONTINUOUS[:-1], ids=repr)
def test_the_share_given_up_by_a_quantile_is_its_share(law):
    np.testing.assert_allclose(law.given_up(law.quantile_s(SHARES)), SHARES, rtol=1e-9)


FITTED: list[tuple[FittedName, laws.Law]] = [
    ("exponential", laws.Exponential(mean_s=350.0)),
    ("lognormal", laws.Lognormal(mean_s=200.0, sigma_log=0.9)),
    ("weibull", laws.Weibull(mean_s=350.0, shape=0.75)),
    ("gamma", laws.Gamma(mean_s=60.0, shape=2.0)),
]


def drawn(law, n, seed):
    return law.quantile_s(Streams(seed, 0).at(0, "test").random(n))


@pytest.mark.parametrize(("name", "law"), FITTED)
def test_a_law_is_found_again_from_times_of_which_half_were_cut_short(name, law):
    times_s, cut_s = drawn(law, 20_000, 1), drawn(law, 20_000, 2)
    found = laws.fit(name, np.minimum(times_s, cut_s), times_s <= cut_s)
    assert found.law.mean() == pytest.approx(law.mean(), rel=0.05)
    for key in ("shape", "sigma_log"):
        if hasattr(law, key):
            assert getattr(found.law, key) == pytest.approx(getattr(law, key), rel=0.05)
    ignoring = laws.fit(name, np.minimum(times_s, cut_s))  # as if all had ended
    assert ignoring.law.mean() < 0.8 * law.mean()


@pytest.mark.parametrize(("name", "law"), FITTED)
def test_of_all_forms_the_one_that_times_come_from_is_the_most_likely(name, law):
    times_s = drawn(law, 5_000, 3)
    likely = {other: laws.fit(other, times_s).log_likelihood for other, _ in FITTED}
    # an exponential law is a Weibull and a gamma law too
    assert max(likely.values()) - likely[name] < 3.0
    exact = np.log(law.density(times_s)).sum()
    assert likely[name] >= exact - 1e-6


def test_an_exponential_fit_is_all_time_over_the_times_that_ended():
    found = laws.fit("exponential", np.array([10.0, 20.0, 30.0]), np.array([True, False, True]))
    assert found.law.mean() == 30.0
    assert found.log_likelihood == pytest.approx(-2 * math.log(30.0) - 60.0 / 30.0)
    assert stats.expon.logsf(20.0, scale=30.0) == pytest.approx(-20.0 / 30.0)


@pytest.mark.parametrize(
    ("times_s", "ended", "message"),
    [
        ([1.0, 2.0], [True], "2 times, 1 endings: must be as many"),
        ([1.0, -2.0], None, "times_s: must be finite and more than 0"),
        ([1.0, 2.0], [True, False], "1 times that ended: two are needed"),
    ],
)
def test_times_that_no_law_can_be_fitted_to_are_refused(times_s, ended, message):
    with pytest.raises(ValueError, match=message):
        laws.fit("gamma", np.array(times_s), ended)


def test_a_form_that_is_not_fitted_is_refused():
    with pytest.raises(ValueError, match="law = fixed: one of exponential, lognormal, weibull"):
        laws.fit("fixed", np.array([1.0, 2.0]))  # type: ignore[arg-type]
