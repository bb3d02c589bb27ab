#include <algorithm>
#include <map>

#include "report/page.h"
#include "report/svg.h"

namespace report {

using model::Class;
using model::Verdict;
using text::Word;

namespace {

constexpr std::size_t kExamples = 20;
constexpr std::size_t kEach = 5;

using Group = std::pair<std::uint8_t, std::uint8_t>;  // verdict, class: their order is the page's

Group group_of(const model::Decisions& d, std::size_t row) {
  return {static_cast<std::uint8_t>(d.verdict[row]), static_cast<std::uint8_t>(d.kind[row])};
}

/// A customer's time with the shop on the shop's own time line.
std::string life(const Page& page, std::size_t row) {
  const auto& p = page.in.profiles;
  const double first = p.first_day[row], last = p.last_day[row], today = base::day_number(page.in.plan.as_of);
  const double start = std::min<double>(base::day_number(page.in.shop.first_day), first);
  Svg svg{240, 34};
  const Scale x{start, std::max(today, start + 1), 4, 236};
  svg.line(4, 24, 236, 24, "s-line");
  svg.line(x(last), 24, x(today), 24, "s-amber w2 dash");
  svg.line(x(first), 24, x(last), 24, "s-blue w4");
  svg.circle(x(first), 24, 4, "f-blue");
  svg.circle(x(last), 24, 4, "f-blue");
  svg.line(x(today), 17, x(today), 31, "s-ink");
  const std::string silent = page.say(Word::report_silent_for, fmt::arg("silent", duration(page.l, p.silent(row))));
  svg.text(centred((x(last) + x(today)) / 2, silent, 0, 238), 11, silent, "c m");
  return svg.str(silent);
}

std::string card(const Page& page, std::size_t row) {
  const auto& p = page.in.profiles;
  const std::uint32_t n = p.purchase_days[row];
  const std::string first = text::short_date(page.l, base::day_from_number(p.first_day[row]));
  const std::string span =
      n <= 1 ? page.say(Word::report_life_once, fmt::arg("first", first))
             : page.say(Word::report_life, fmt::arg("first", first),
                        fmt::arg("last", text::short_date(page.l, base::day_from_number(p.last_day[row]))),
                        fmt::arg("days", page.say(Word::report_purchases, fmt::arg("n", n))));
  return "<article>\n<h4>" + escape(p.customer_id[row]) + "</h4>\n" + life(page, row) + page.p(span, "note") +
         page.p(explain(page.explained(), row, page.l).sentence) + "</article>\n";
}

}  // namespace

std::vector<std::size_t> example_rows(const model::Decisions& d, std::size_t count) {
  std::map<Group, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < d.size(); ++i) groups[group_of(d, i)].push_back(i);
  const auto less = [&](std::size_t a, std::size_t b) {
    return d.worth[a] != d.worth[b] ? d.worth[a] < d.worth[b] : a < b;
  };
  // Around the median: typical of the group, yet not five times the same customer.
  constexpr std::array<double, kEach> quantiles = {0.5, 0.4, 0.6, 0.3, 0.7};
  std::map<Group, std::vector<std::size_t>> chosen;
  std::size_t taken = 0;
  for (std::size_t round = 0; round < kEach && taken < count; ++round) {
    for (auto& [group, rows] : groups) {
      if (taken == count) break;
      if (rows.size() <= round) continue;
      // Small groups give their members one after the other.
      const std::size_t at = rows.size() <= 2 * kEach
                                 ? round
                                 : static_cast<std::size_t>(quantiles[round] * static_cast<double>(rows.size() - 1));
      std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(at), rows.end(), less);
      chosen[group].push_back(rows[at]);
      ++taken;
    }
  }
  std::vector<std::size_t> result;
  for (const auto& [group, rows] : chosen) result.insert(result.end(), rows.begin(), rows.end());
  return result;
}

std::string examples_section(const Page& page) {
  const auto& d = page.in.decisions;
  const std::vector<std::size_t> rows = example_rows(d, kExamples);
  if (rows.empty())
    return page.section("examples", Word::report_examples_question, page.word(Word::report_examples_none), "");
  std::string body = page.p(page.word(Word::report_examples_note), "note");
  for (std::size_t k = 0; k < rows.size();) {
    const Group group = group_of(d, rows[k]);
    std::string title{say_verdict(page.l, d.verdict[rows[k]])};
    const bool own = d.verdict[rows[k]] != Verdict::wait && d.verdict[rows[k]] != Verdict::filtered &&
                     d.kind[rows[k]] != Class::none;
    if (own) title += (page.l == text::Language::en ? ": " : "：") + std::string{say_class(page.l, d.kind[rows[k]])};
    body += "<h3>" + escape(title) + "</h3>\n<div class=\"examples\">\n";
    for (; k < rows.size() && group_of(d, rows[k]) == group; ++k) body += card(page, rows[k]);
    body += "</div>\n";
  }
  const std::string answer = page.say(Word::report_examples_answer, fmt::arg("count", rows.size()));
  return page.section("examples", Word::report_examples_question, answer, body);
}

}  // namespace report
