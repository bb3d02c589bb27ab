#pragma once

#include <fmt/args.h>

#include <string>
#include <string_view>

#include "report/explain.h"
#include "report/html.h"
#include "report/report.h"
#include "text/language.h"

namespace report {

/// Put behind a figure in a sentence, it becomes the small "assumed" mark that leads to where the figure comes from.
inline constexpr std::string_view kAssumed = "\x01";

/// What every section needs: the input and how its reader writes numbers.
struct Page {
  const ReportInput& in;
  text::Language l = in.language;

  std::string money(double value) const { return text::money_brief(l, currency(), value); }  ///< in sentences
  std::string exact(double value) const { return amount(l, currency(), value); }             ///< in tables
  std::string count(std::uint64_t n) const { return text::whole(l, static_cast<double>(n)); }
  std::string share(double value) const { return text::percent(l, value); }
  std::string share(std::uint64_t part, std::uint64_t whole) const {
    return text::percent(l, whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole));
  }
  std::string date(base::Day day) const { return text::date(l, day); }
  std::string word(text::Word w) const { return std::string{text::say(l, w)}; }
  std::string_view currency() const { return in.plan.currency; }
  Explained explained() const { return {in.profiles, in.decisions, in.offers, currency(), in.plan.horizon_days}; }

  std::uint64_t verdicts(model::Verdict verdict) const {
    return in.plan.verdict_count[static_cast<std::size_t>(verdict)];
  }
  std::uint64_t approached() const { return verdicts(model::Verdict::approach) + verdicts(model::Verdict::explore); }
  std::uint64_t lapsed() const;
  bool effects_measured() const;  ///< of every kind of offer in use
  std::string offer_name(std::size_t index) const;
  std::string favourite(std::size_t row) const;
  std::string business() const;

  template <class... Args>
  std::string say(text::Word w, Args&&... args) const {
    return text::say(l, w, args...);
  }
  /// A paragraph; kAssumed in it becomes the mark.
  std::string p(std::string_view text, std::string_view css = "") const;
  std::string with_marks(std::string_view text) const;
  Markup marked(std::string_view text) const { return {with_marks(text)}; }
  /// One question: what is asked, the answer as heading, and what shows it.
  std::string section(std::string_view id, text::Word question, std::string_view answer, std::string_view body) const;
  /// A table that opens on demand.
  std::string folded(const Table& table) const;
};

// The sections, in the order of the page. Each returns whole markup and copes with missing facts.
std::string headline(const Page& page);
std::string whom(const Page& page);
std::string money_section(const Page& page);
std::string offers_section(const Page& page);
std::string others_section(const Page& page);
std::string proof_section(const Page& page);
std::string silence_section(const Page& page);
std::string rfm_section(const Page& page);
std::string stages_section(const Page& page);
std::string flows_section(const Page& page);
std::string cohorts_section(const Page& page);
std::string examples_section(const Page& page);
std::string check_section(const Page& page);
std::string sources_section(const Page& page);
std::string next_section(const Page& page);

/// The style sheet.
std::string_view style();

}  // namespace report
