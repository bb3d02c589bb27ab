#include <algorithm>
#include <cmath>

#include "report/bars.h"
#include "report/page.h"
#include "report/svg.h"

namespace report {

using text::Word;

namespace {

bool is_january(base::Day day) { return std::chrono::year_month_day{day}.month() == std::chrono::January; }

/// Up: who came, new or back; down: who lapsed; month by month.
std::string flow_chart(const Page& page) {
  const auto& all = page.in.shop.flows;
  return figure(page.word(Word::report_flow_chart), [&](double width) {
    const bool phone = width < kWide;
    const std::size_t shown = std::min<std::size_t>(all.size(), phone ? 12 : 24);
    const std::span<const model::MonthFlow> flows{all.end() - static_cast<std::ptrdiff_t>(shown), all.end()};
    double up = 2, down = 2;
    for (const auto& flow : flows) {
      up = std::max(up, static_cast<double>(flow.gained + flow.returned));
      down = std::max(down, static_cast<double>(flow.lost));
    }
    const std::string words[] = {page.word(Word::report_flow_new), page.word(Word::report_flow_back),
                                 page.word(Word::report_flow_lost)};
    const double margin = 14 + std::max({text_width(words[0]), text_width(words[1]), text_width(words[2])});
    Svg svg{width, phone ? 300.0 : 330.0};
    const double left = 42, right = width - margin, bottom = svg.height() - 40;
    const auto ys = ticks(-down, up, phone ? 5 : 6);
    const Scale y{ys.front(), ys.back(), bottom, 10};
    for (const double tick : ys) {
      svg.line(left, y(tick), right, y(tick), "s-line");
      svg.text(left - 6, y(tick) + 4, text::brief(page.l, std::abs(tick)), "m e");
    }
    const double slot = (right - left) / static_cast<double>(shown);
    const double thick = std::min(34.0, slot * 0.72);
    double label_until = -1;
    for (std::size_t k = 0; k < shown; ++k) {
      const auto& flow = flows[k];
      const double middle = left + (static_cast<double>(k) + 0.5) * slot, x = middle - thick / 2;
      const double gained = static_cast<double>(flow.gained), back = static_cast<double>(flow.returned),
                   lost = static_cast<double>(flow.lost);
      svg.rect(x, y(gained), thick, y(0) - y(gained), "f-blue");
      svg.rect(x, y(gained + back), thick, y(gained) - y(gained + back), "f-teal");
      svg.rect(x, y(0), thick, y(-lost) - y(0), "f-red");
      const std::string name = text::month(page.l, flow.month, false);
      const double half = text_width(name) * 0.5;
      if (middle - half > label_until && middle + half <= right + 8) {
        svg.text(middle, bottom + 16, name, "m c");
        label_until = middle + half + 4;
        if (k == 0 || is_january(flow.month)) {
          svg.text(middle, bottom + 32,
                   fmt::format("{}", static_cast<int>(std::chrono::year_month_day{flow.month}.year())), "m c");
        }
      }
    }
    svg.line(left, y(0), right, y(0), "s-ink");
    // The words stand beside the last month's parts, pushed apart where those are thin.
    const auto& last = flows.back();
    const double y_new = std::min(y(static_cast<double>(last.gained) / 2) + 4, y(0) - 4);
    const double y_back =
        std::min(y(static_cast<double>(last.gained) + static_cast<double>(last.returned) / 2) + 4, y_new - 16);
    const double y_lost = std::max(y(-static_cast<double>(last.lost) / 2) + 4, y(0) + 14);
    svg.text(right + 6, y_new, words[0], "b t-blue");
    svg.text(right + 6, y_back, words[1], "b t-teal");
    svg.text(right + 6, y_lost, words[2], "b t-red");
    return svg;
  });
}

/// Share of each month's new customers buying in later months; a phone shows fewer of them.
std::string cohort_chart(const Page& page) {
  const auto& all = page.in.shop.cohorts;
  std::size_t longest = 0;
  double most = 0;
  for (const auto& cohort : all) {
    longest = std::max(longest, cohort.active.size());
    for (std::size_t k = 1; k < cohort.active.size(); ++k) most = std::max(most, cohort.active[k]);
  }
  return figure(page.word(Word::report_cohort_chart), [&](double width) {
    const bool phone = width < kWide;
    std::vector<std::size_t> months;
    const std::vector<std::size_t> wanted =
        phone ? std::vector<std::size_t>{1, 2, 3, 6, 9, 12}
              : std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 18, 21};
    for (const std::size_t m : wanted) {
      if (m < longest) months.push_back(m);
    }
    const double row = 24, names = page.l == text::Language::en ? 62 : 84, sizes = 46, left = names + sizes + 8;
    const double cell = months.empty() ? 40 : std::min(60.0, (width - left) / static_cast<double>(months.size()));
    Svg svg{width, 44 + row * static_cast<double>(all.size())};
    svg.text(left, 12, page.word(Word::report_cohort_axis), "m");
    svg.text(names + sizes, 32, page.word(Word::report_cohort_size), "m e");
    for (std::size_t k = 0; k < months.size(); ++k) {
      svg.text(left + (static_cast<double>(k) + 0.5) * cell, 32, fmt::format("{}", months[k]), "m c");
    }
    double y = 40;
    for (const auto& cohort : all) {
      svg.text(0, y + 16, text::month(page.l, cohort.month, true));
      svg.text(names + sizes, y + 16, text::brief(page.l, static_cast<double>(cohort.customers)), "e");
      for (std::size_t k = 0; k < months.size(); ++k) {
        if (months[k] >= cohort.active.size()) continue;
        const double share = cohort.active[months[k]], x = left + static_cast<double>(k) * cell;
        svg.rect(x, y, cell - 2, row - 2, "f-line", 0.5);
        if (most > 0) svg.rect(x, y, cell - 2, row - 2, "f-teal", 0.62 * share / most);
        svg.text(x + cell / 2 - 1, y + 15,
                 fmt::format("{:.0f}", 100 * share) + (page.l == text::Language::en ? " %" : "%"), "c");
      }
      y += row;
    }
    return svg;
  });
}

}  // namespace

std::string flows_section(const Page& page) {
  const auto& flows = page.in.shop.flows;
  if (flows.empty()) return page.section("flows", Word::report_flow_question, page.word(Word::report_flow_unknown), "");
  const std::size_t months = std::min<std::size_t>(6, flows.size());
  std::uint64_t won = 0, lost = 0;
  for (std::size_t k = flows.size() - months; k < flows.size(); ++k) {
    won += flows[k].gained + flows[k].returned;
    lost += flows[k].lost;
  }
  const std::string from = text::month(page.l, flows[flows.size() - months].month, true);
  const std::string until = text::month(page.l, flows.back().month, true);
  const std::string period =
      months == 1 ? until : page.say(Word::report_range, fmt::arg("low", from), fmt::arg("high", until));
  const Word word = lost > won   ? Word::report_flow_loses
                    : lost < won ? Word::report_flow_gains
                                 : Word::report_flow_even;
  const std::string answer =
      page.say(word, fmt::arg("period", period), fmt::arg("lost", page.count(lost)), fmt::arg("won", page.count(won)),
               fmt::arg("net", page.count(lost > won ? lost - won : won - lost)));
  Table table{{{page.word(Word::report_month)},
               {page.word(Word::report_active), true},
               {page.word(Word::report_flow_new), true},
               {page.word(Word::report_flow_back), true},
               {page.word(Word::report_flow_lost), true}},
              Phone::table};
  for (const auto& flow : flows) {
    table.row({text::month(page.l, flow.month, true), page.count(flow.active_at_start), page.count(flow.gained),
               page.count(flow.returned), page.count(flow.lost)});
  }
  return page.section("flows", Word::report_flow_question, answer,
                      flow_chart(page) + page.p(page.word(Word::report_flow_note), "note") + page.folded(table));
}

std::string cohorts_section(const Page& page) {
  const auto& shop = page.in.shop;
  const model::Shop::Retention* longest = nullptr;
  std::vector<Bar> bars;
  for (const auto& entry : shop.retention) {
    if (entry.again.of == 0) continue;
    longest = &entry;
    const auto& s = entry.again;
    bars.push_back(
        {entry.days == 1 ? page.word(Word::report_within_day)
                         : page.say(Word::report_within, fmt::arg("days", entry.days)),
         0, s.value,
         page.say(Word::report_share_of, fmt::arg("share", page.share(s.value)), fmt::arg("low", page.share(s.low)),
                  fmt::arg("high", page.share(s.high)), fmt::arg("of", page.count(s.of))),
         "f-teal", s.low, s.high, false});
  }
  std::string answer = page.word(Word::report_cohort_unknown);
  if (longest != nullptr) {
    answer = page.say(Word::report_cohort_answer, fmt::arg("share", page.share(longest->again.value)),
                      fmt::arg("days", longest->days), fmt::arg("low", page.share(longest->again.low)),
                      fmt::arg("high", page.share(longest->again.high)));
  }
  std::string body = bar_chart(page.word(Word::report_retention_chart), bars);
  if (shop.cohorts.size() > 1)
    body += "<h3>" + escape(page.word(Word::report_cohort_chart)) + "</h3>\n" + cohort_chart(page);
  return page.section("cohorts", Word::report_cohort_question, answer, body);
}

}  // namespace report
