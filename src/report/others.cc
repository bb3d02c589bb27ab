#include <algorithm>

#include "report/bars.h"
#include "report/names.h"
#include "report/page.h"

namespace report {

using model::Class;
using model::Verdict;
using text::Word;

namespace {

constexpr std::array<std::string_view, model::kClasses> kClassColour = {"f-teal",  "f-blue",   "f-red",
                                                                        "f-amber", "f-violet", "f-muted"};

Word reason_left(Class kind) {
  return kind == Class::persuadable ? Word::report_step_budget : Word::report_step_unknown;
}

/// From all customers down to those approached: each step takes some away.
std::string waterfall(const Page& page) {
  const auto& plan = page.in.plan;
  std::vector<Bar> bars;
  double left = static_cast<double>(plan.customers);
  const auto whole = [&](Word name, std::uint64_t n, std::string_view css) {
    bars.push_back({page.word(name), 0, static_cast<double>(n), page.count(n), css, 0, 0, true});
  };
  const auto take = [&](std::string name, std::uint64_t n, std::string_view css) {
    if (n == 0) return;
    const double count = static_cast<double>(n);
    bars.push_back({std::move(name), left - count, left, "−" + page.count(n), css, 0, 0, false});
    left -= count;
  };
  whole(Word::report_step_all, plan.customers, "f-ink");
  const auto capital = [&](std::string_view text) {
    std::string result{text};
    if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - 'a' + 'A');
    return result;
  };
  for (std::size_t k = 1; k < model::kFilters; ++k) {
    take(capital(say_filter(page.l, static_cast<model::Filter>(k))), plan.filtered[k], "f-muted");
  }
  whole(Word::report_step_considered, plan.eligible, "f-blue");
  left = static_cast<double>(plan.eligible);
  take(page.word(Word::report_step_held), page.verdicts(Verdict::hold_out), "f-held");
  std::array<std::uint64_t, model::kClasses> by_class{};
  const auto& d = page.in.decisions;
  for (std::size_t i = 0; i < d.size(); ++i) {
    if (d.verdict[i] == Verdict::leave) ++by_class[static_cast<std::size_t>(d.kind[i])];
  }
  for (std::size_t k = 0; k < by_class.size(); ++k) {
    const auto kind = static_cast<Class>(k);
    const bool own_words = kind == Class::persuadable || kind == Class::unknown;
    take(own_words ? page.word(reason_left(kind)) : std::string{say_class(page.l, kind)}, by_class[k], kClassColour[k]);
  }
  whole(Word::report_step_approached, page.approached(), "f-teal");
  return bar_chart(page.word(Word::report_others_chart), bars);
}

}  // namespace

std::string others_section(const Page& page) {
  const auto& plan = page.in.plan;
  const std::string answer =
      page.say(Word::report_others_answer, fmt::arg("customers", page.count(plan.customers)),
               fmt::arg("eligible", page.count(plan.eligible)), fmt::arg("approached", page.count(page.approached())));
  std::string body = plan.customers > 0 ? waterfall(page) : std::string{};
  std::vector<Part> parts;
  Table table{{{page.word(Word::report_class_head)},
               {page.word(Word::head_customers), true},
               {page.word(Word::report_class_means)}},
              Phone::table};
  for (std::size_t k = 0; k < model::kClasses; ++k) {
    const std::uint64_t n = plan.class_count[k];
    if (n == 0) continue;
    const std::string name{say_class(page.l, static_cast<Class>(k))};
    parts.push_back(
        {name, static_cast<double>(n), page.count(n) + " (" + page.share(n, plan.eligible) + ")", kClassColour[k]});
    const auto means = static_cast<Word>(static_cast<std::size_t>(Word::report_means_persuadable) + k);
    table.row({name, page.count(n), page.word(means)});
  }
  if (!table.empty()) {
    body += "<h3>" + escape(page.word(Word::report_classes_title)) + "</h3>\n" +
            stacked_bar(page.word(Word::report_classes_title), parts) + table.str() +
            page.p(page.word(Word::report_classes_note) + std::string{kAssumed}, "note");
  }
  return page.section("others", Word::report_others_question, answer, body);
}

}  // namespace report
