#!/usr/bin/env python3
"""btyd_scipy.py [CUSTOMERS]: seconds that scipy takes to fit BG/NBD by the same likelihood (Fader, Hardie & Lee 2005, eq. 6)
to customers by the day, merged into distinct rows as ours are; Nelder-Mead, as lifetimes does. Prints seconds and ln L."""
import sys
import time

import numpy
from scipy.optimize import minimize
from scipy.special import gammaln

customers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
random = numpy.random.default_rng(7)
rate = random.gamma(0.243, 1 / 30.9, customers)
leave = random.beta(0.793, 2.426, customers)
until = numpy.ceil(random.uniform(30, 730, customers))
x, last, now = numpy.zeros(customers), numpy.zeros(customers), numpy.zeros(customers)
there = numpy.ones(customers, bool)
while there.any():
    now = numpy.where(there, now + random.exponential(1, customers) / rate, now)
    bought = there & (now <= until)
    x[bought] += 1
    last[bought] = numpy.minimum(until, numpy.ceil(now))[bought]
    there = bought & (random.random(customers) >= leave)

start = time.monotonic()
rows, weight = numpy.unique(numpy.stack([x, last, until], axis=1), axis=0, return_counts=True)
x, last, until = rows.T
unit = numpy.average(until, weights=weight)


def against(point):
    r, alpha, a, b = numpy.exp(point)
    t_x, t = last / unit, until / unit
    stayed = gammaln(b + x) - gammaln(b) + gammaln(a + b) - gammaln(a + b + x) - (r + x) * numpy.log(alpha + t)
    left = numpy.where(x > 0, numpy.log(a) - numpy.log(b + numpy.maximum(x, 1) - 1) + (r + x) * numpy.log((alpha + t) / (alpha + t_x)), -numpy.inf)
    value = gammaln(r + x) - gammaln(r) + r * numpy.log(alpha) + stayed + numpy.logaddexp(0, left)
    return -numpy.dot(weight, value) / customers


found = minimize(against, numpy.zeros(4), method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9, "maxiter": 4000})
print(f"{time.monotonic() - start:.3f} {-found.fun * customers - weight @ x * numpy.log(unit):.3f} {len(x)}")
