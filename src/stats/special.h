#pragma once

namespace stats {

/// ln Γ(z), z > 0. Shifted Stirling series (Abramowitz & Stegun 6.1.41); no hidden state, so any thread may call it.
double log_gamma(double z);

/// ψ(z), the derivative of ln Γ, z > 0 (A&S 6.3.18 after shifting).
double digamma(double z);

/// ψ'(z), z > 0 (A&S 6.4.12 after shifting).
double trigamma(double z);

/// ln Γ(z+n) − ln Γ(z) for z > 0, n ≥ 0, without the cancellation of two separate ln Γ: exact to rounding also for z of
/// 1e300 or 1e-300.
double log_rising(double z, double n);

/// ln B(a, b) for a, b > 0, without cancellation when one is huge.
double log_beta(double a, double b);

/// ln(e^a + e^b); −∞ stands for zero.
double log_sum_exp(double a, double b);

/// ln(e^a − e^b) for a ≥ b; −∞ when they are equal.
double log_diff_exp(double a, double b);

/// ln(1 + e^x) without overflow.
double softplus(double x);

/// 1 / (1 + e^−x) without overflow.
double logistic(double x);

/// (1 − (1+z)^−k) / k for z > −1, with its limit ln(1+z) at k = 0; smooth through k = 0.
double power_mean_gap(double k, double z);

/// P(J ≥ n) for J negative binomial: P(J=j) = (m)_j / j! (1−w)^m w^j; m > 0, 0 ≤ w ≤ 1, n ≥ 0 whole.
double negative_binomial_tail(double m, double w, double n);

/// ln P(J = n) of the same law, with w = odds / (1 + odds).
double log_negative_binomial(double m, double odds, double n);

/// Standard normal distribution function and its inverse (p strictly between 0 and 1; ±∞ at 0 and 1).
double normal_cdf(double z);
double normal_quantile(double p);

/// p-quantile of Student's t with `degrees` > 0 degrees of freedom.
double student_quantile(double p, double degrees);

}  // namespace stats
