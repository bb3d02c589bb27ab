#include <algorithm>

#include "report/page.h"
#include "report/svg.h"

namespace report {

using model::Verdict;
using text::Word;

namespace {

constexpr std::size_t kTop = 20;

/// One customer's 80 % interval on a scale common to the table.
std::string interval_bar(double low, double mean, double high, double from, double to) {
  Svg svg{96, 14};
  const Scale x{from, to, 4, 92};
  svg.rect(x(low), 4, x(high) - x(low), 6, "f-teal", 0.45);
  svg.line(x(0), 0, x(0), 14, "s-ink");
  svg.circle(x(mean), 7, 3, "f-teal");
  return svg.str("");
}

}  // namespace

std::string whom(const Page& page) {
  const auto& d = page.in.decisions;
  const auto& p = page.in.profiles;
  std::vector<std::size_t> rows;
  double all = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    if (d.verdict[i] != Verdict::approach && d.verdict[i] != Verdict::explore) continue;
    rows.push_back(i);
    all += static_cast<double>(d.worth[i]);
  }
  if (rows.empty()) {
    return page.section("whom", Word::report_whom_question, page.word(Word::report_whom_nobody), "");
  }
  const std::size_t count = std::min(kTop, rows.size());
  std::partial_sort(
      rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
      [&](std::size_t a, std::size_t b) { return d.worth[a] != d.worth[b] ? d.worth[a] > d.worth[b] : a < b; });
  rows.resize(count);
  double top = 0, from = 0, to = 0;
  for (const std::size_t i : rows) {
    top += static_cast<double>(d.worth[i]);
    from = std::min(from, static_cast<double>(d.worth_low[i]));
    to = std::max(to, static_cast<double>(d.worth_high[i]));
  }
  Table table{{{page.word(Word::head_customer), false, true},
               {page.word(Word::head_last)},
               {page.word(Word::report_silent), true},
               {page.word(Word::head_favourite), false, true},
               {page.word(Word::head_back_alone), true},
               {page.word(Word::head_with)},
               {page.word(Word::head_costs), true},
               {page.word(Word::head_brings), true},
               {page.word(Word::head_eighty), true, true},
               {"", false, true}},
              Phone::paired_card};
  for (const std::size_t i : rows) {
    const double low = static_cast<double>(d.worth_low[i]), mean = static_cast<double>(d.worth[i]),
                 high = static_cast<double>(d.worth_high[i]);
    table.row({p.customer_id[i],
               Markup{"<span class=\"once\">" + escape(text::short_date(page.l, base::day_from_number(p.last_day[i]))) +
                      "</span>"},
               duration(page.l, p.silent(i)), page.favourite(i), page.share(static_cast<double>(d.return_chance[i])),
               page.offer_name(d.offer[i]), page.exact(static_cast<double>(d.cost[i])), page.exact(mean),
               page.say(Word::report_range, fmt::arg("low", page.exact(low)), fmt::arg("high", page.exact(high))),
               Markup{interval_bar(low, mean, high, from, to)}});
  }
  const std::string answer =
      page.say(Word::report_whom_answer, fmt::arg("count", count), fmt::arg("money", page.money(top)),
               fmt::arg("share", page.share(all > 0 ? std::min(1.0, top / all) : 1.0)));
  return page.section("whom", Word::report_whom_question, answer + std::string{kAssumed},
                      page.p(page.word(Word::report_whom_note), "note") + table.str());
}

}  // namespace report
