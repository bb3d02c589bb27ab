#include <algorithm>
#include <cmath>

#include "report/page.h"

namespace report {

using text::Word;

namespace {

std::string in_family(const Page& page, Word first, model::OfferKind kind) {
  return page.word(static_cast<Word>(static_cast<std::size_t>(first) + static_cast<std::size_t>(kind)));
}

/// The reason in the reader's language where it is the shipped one; a reason somebody wrote stands as written.
std::string reason_of(const Page& page, model::OfferKind kind, const std::string& written) {
  const auto shipped =
      static_cast<Word>(static_cast<std::size_t>(Word::reason_reminder) + static_cast<std::size_t>(kind));
  return written == text::say(text::Language::en, shipped) ? page.word(shipped) : written;
}

std::string two(double value) { return fmt::format("{:.2f}", value); }

std::string offer_costs(const Page& page, const model::Offer& offer) {
  std::vector<std::string> parts = {
      page.say(Word::report_source_offer_contact, fmt::arg("cost", page.exact(offer.contact_cost)))};
  if (offer.redemption_cost > 0)
    parts.push_back(page.say(Word::report_source_offer_redeem, fmt::arg("cost", page.exact(offer.redemption_cost))));
  if (offer.basket_share > 0)
    parts.push_back(page.say(Word::report_source_offer_basket, fmt::arg("share", page.share(offer.basket_share))));
  if (offer.gives_money())
    parts.push_back(page.say(Word::report_source_offer_share, fmt::arg("share", page.share(offer.redeem))));
  if (offer.basket_factor != 1)
    parts.push_back(page.say(Word::report_source_offer_factor, fmt::arg("factor", two(offer.basket_factor))));
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : page.l == text::Language::en ? ", " : "，") + part;
  return out;
}

}  // namespace

std::string sources_section(const Page& page) {
  const auto& in = page.in;
  const auto& a = in.assumptions;
  Table table{{{page.word(Word::report_source_what)},
               {page.word(Word::report_source_value)},
               {page.word(Word::report_source_why)},
               {page.word(Word::report_source_change)}},
              Phone::card};
  std::size_t rows = 0;
  const auto add = [&](const std::string& what, const std::string& value, const std::string& why,
                       std::string_view file) {
    table.row({what, value, why, Markup{"<code>" + escape(file) + "</code>"}});
    ++rows;
  };
  constexpr std::string_view kPriors = "DATA/priors.yaml", kSettings = "DATA/winback.yaml";
  if (!in.business_given)
    add(page.word(Word::report_source_business), page.business(), page.word(Word::report_source_business_why),
        "--business");
  if (!in.margin_given)
    add(page.word(Word::report_source_margin), page.share(in.plan.margin), page.word(Word::report_source_margin_why),
        "--margin");
  add(page.word(Word::report_source_horizon), page.say(Word::report_days, fmt::arg("days", in.plan.horizon_days)),
      page.word(Word::report_source_horizon_why), kSettings);
  std::array<bool, model::kOfferKinds> listed{};
  for (const auto& offer : in.offers) {
    const auto k = static_cast<std::size_t>(offer.kind);
    const model::EffectPrior& effect = a.effect[k];
    if (listed[k] || effect.measured) continue;
    listed[k] = true;
    const std::string kind = in_family(page, Word::kind_reminder, offer.kind);
    // 80 % of a normal prior lies within 1.2816 standard deviations.
    const std::string value = page.say(Word::report_source_effect_value, fmt::arg("mean", two(std::exp(effect.mean))),
                                       fmt::arg("low", two(std::exp(effect.mean - 1.2816 * effect.sd))),
                                       fmt::arg("high", two(std::exp(effect.mean + 1.2816 * effect.sd))));
    add(page.say(Word::report_source_effect, fmt::arg("kind", kind)), value, reason_of(page, offer.kind, effect.reason),
        kPriors);
    add(page.say(Word::report_source_opt_out, fmt::arg("kind", kind)), page.share(effect.opt_out),
        page.word(Word::report_source_opt_out_why), kPriors);
  }
  for (std::size_t k = 0; k < in.offers.size(); ++k) {
    add(page.say(Word::report_source_offer, fmt::arg("offer", page.offer_name(k))), offer_costs(page, in.offers[k]),
        page.word(Word::report_source_offer_why), "--offers");
  }
  add(page.word(Word::report_source_anyway),
      page.say(Word::report_source_anyway_value, fmt::arg("begins", page.share(a.comes_anyway_begins)),
               fmt::arg("from", page.share(a.comes_anyway_from))),
      page.word(Word::report_source_anyway_why), kPriors);
  add(page.word(Word::report_source_permission),
      page.say(Word::report_source_permission_value, fmt::arg("share", page.share(a.permission_value))),
      page.word(Word::report_source_permission_why), kPriors);
  const std::string error = in.shop.season_known
                                ? page.say(Word::report_source_error_value, fmt::arg("sd", two(a.return_error)))
                                : page.say(Word::report_source_error_season, fmt::arg("sd", two(2 * a.return_error)),
                                           fmt::arg("half", two(a.return_error)));
  add(page.word(Word::report_source_error), error, page.word(Word::report_source_error_why), kPriors);
  add(page.word(Word::report_source_explore),
      page.say(Word::report_source_explore_value, fmt::arg("share", page.share(a.exploration_share))),
      page.word(Word::report_source_explore_why), kPriors);
  add(page.say(Word::report_source_beyond, fmt::arg("days", in.plan.horizon_days)),
      page.say(Word::report_source_beyond_value, fmt::arg("share", page.share(a.beyond))),
      page.word(Word::report_source_beyond_why), kPriors);
  return page.section("sources", Word::report_sources_question,
                      page.say(Word::report_sources_answer, fmt::arg("count", rows)),
                      page.p(page.word(Word::report_sources_text)) + table.str());
}

std::string next_section(const Page& page) {
  const auto& plan = page.in.plan;
  if (page.approached() == 0) {
    return page.section("next", Word::report_next_question, page.word(Word::report_next_nobody),
                        "<pre><code>winback import orders FILE\nwinback plan</code></pre>\n");
  }
  const base::Day until = plan.start + std::chrono::days{plan.horizon_days};
  const auto step = [&](const std::string& text, std::string_view command) {
    return "<li>" + escape(text) + "\n<pre><code>" + escape(command) + "</code></pre></li>\n";
  };
  return page.section(
      "next", Word::report_next_question, page.word(Word::report_next_answer),
      "<ol>\n" +
          step(page.say(Word::report_next_send, fmt::arg("date", page.date(plan.start))),
               "winback export plan --for csv") +
          step(page.say(Word::report_next_import, fmt::arg("date", page.date(until))), "winback import orders FILE") +
          step(page.word(Word::report_next_results), "winback results " + plan.id) + "</ol>\n");
}

}  // namespace report
