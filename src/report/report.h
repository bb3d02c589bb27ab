#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/decision.h"
#include "model/offer.h"
#include "model/profile.h"
#include "model/shop.h"
#include "text/language.h"

namespace report {

/// Everything the report shows; references live with the caller.
struct ReportInput {
  const model::Shop& shop;
  const model::Profiles& profiles;
  const model::Decisions& decisions;
  const model::PlanSummary& plan;
  std::span<const model::Offer> offers;
  const model::Assumptions& assumptions;
  bool margin_given = false;  ///< by the user; otherwise the preset's, shown as assumed
  bool business_given = false;
  text::Language language = text::Language::en;
};

/// One self-contained HTML file: no scripts from elsewhere, no network, readable on a phone and in print. Customer and
/// product texts are escaped. The same input gives the same bytes.
std::string render_report(const ReportInput& input);

/// Rows of up to `count` customers whose decisions together show every verdict and class, the most instructive first.
std::vector<std::size_t> example_rows(const model::Decisions& decisions, std::size_t count);

}  // namespace report
