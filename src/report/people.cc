#include <algorithm>
#include <cmath>

#include "report/bars.h"
#include "report/names.h"
#include "report/page.h"
#include "report/svg.h"

namespace report {

using text::Word;

namespace {

struct Grid {
  std::array<std::array<std::array<std::uint64_t, model::kSegments>, 5>, 5> seen{};

  /// The segment of a cell, read off the customers in it; none where nobody is.
  std::string name(const Page& page, std::size_t r, std::size_t c) const {
    const auto& counts = seen[r][c];
    const auto most = std::max_element(counts.begin(), counts.end());
    return *most == 0 ? std::string{}
                      : std::string{say_segment(page.l, static_cast<model::Segment>(most - counts.begin()))};
  }
};

Grid grid_of(const model::Profiles& p) {
  Grid grid;
  const std::size_t n = std::min({p.size(), p.r.size(), p.f.size(), p.m.size(), p.segment.size()});
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t r = p.r[i], c = (static_cast<std::size_t>(p.f[i]) + p.m[i] + 1) / 2;
    if (r >= 1 && r <= 5 && c >= 1 && c <= 5) ++grid.seen[r - 1][c - 1][static_cast<std::size_t>(p.segment[i])];
  }
  return grid;
}

/// Breaks a name in two at the space nearest its middle when it is wider than the room.
std::vector<std::string> lines_of(const std::string& name, double room) {
  if (name.empty() || text_width(name) <= room) return {name};
  std::size_t best = std::string::npos;
  for (std::size_t at = name.find(' '); at != std::string::npos; at = name.find(' ', at + 1)) {
    const auto off = [&](std::size_t k) {
      return std::abs(2 * static_cast<double>(k) - static_cast<double>(name.size()));
    };
    if (best == std::string::npos || off(at) < off(best)) best = at;
  }
  if (best == std::string::npos) return {name};
  return {name.substr(0, best), name.substr(best + 1)};
}

std::string rfm_chart(const Page& page, bool money) {
  const auto& shop = page.in.shop;
  const Grid grid = grid_of(page.in.profiles);
  double most = 0;
  const auto heat = [&](std::size_t r, std::size_t c) {
    return money ? std::max(0.0, shop.rfm_spend[r][c]) : static_cast<double>(shop.rfm_count[r][c]);
  };
  for (std::size_t r = 0; r < 5; ++r) {
    for (std::size_t c = 0; c < 5; ++c) most = std::max(most, heat(r, c));
  }
  return figure(page.word(Word::report_rfm_chart), [&](double width) {
    const bool phone = width < kWide;
    const double left = phone ? 0 : 84, row = phone ? 80 : 72, top = phone ? 22 : 6;
    const double cell = (width - left) / 5;
    Svg svg{width, top + 5 * row + 24};
    const std::string recent = page.word(Word::report_rfm_recent), long_ago = page.word(Word::report_rfm_long_ago);
    if (phone) {
      svg.text(0, 13, recent, "m");
      svg.text(0, top + 5 * row + 14, long_ago, "m");
    } else {
      for (const bool last : {false, true}) {
        double y = top + (last ? 4.5 : 0.5) * row;
        for (const std::string& line : lines_of(last ? long_ago : recent, left - 10)) {
          svg.text(left - 10, y, line, "m e");
          y += 16;
        }
      }
    }
    for (std::size_t r = 0; r < 5; ++r) {
      const double y = top + static_cast<double>(4 - r) * row;
      for (std::size_t c = 0; c < 5; ++c) {
        const double x = left + static_cast<double>(c) * cell;
        svg.rect(x, y, cell - 2, row - 2, "f-line", 0.5);
        if (most > 0) svg.rect(x, y, cell - 2, row - 2, "f-teal", 0.62 * std::sqrt(heat(r, c) / most));
        const double middle = x + cell / 2 - 1;
        const auto lines = lines_of(grid.name(page, r, c), cell - 8);
        double at = y + (phone ? 16 : lines.size() > 1 ? 16 : 20);
        for (const std::string& line : lines) {
          svg.text(middle, at, line, phone ? "c small" : "c");
          at += phone ? 13 : 15;
        }
        at = y + row - (money ? 26 : 14);
        svg.text(middle, at, text::brief(page.l, static_cast<double>(shop.rfm_count[r][c])), "c b");
        if (money && shop.rfm_count[r][c] > 0) svg.text(middle, at + 16, page.money(shop.rfm_spend[r][c]), "c");
      }
    }
    svg.text(phone ? width - 2 : left + (width - left) / 2, top + 5 * row + 14, page.word(Word::report_rfm_value),
             phone ? "m e" : "m c");
    return svg;
  });
}

constexpr std::array<std::string_view, model::kStages> kStageColour = {"f-s0", "f-s1", "f-s2", "f-s3",
                                                                       "f-s4", "f-s5", "f-s6", "f-s7"};

Table people_table(const Page& page, Word head, bool money) {
  std::vector<Head> heads = {
      {page.word(head)}, {page.word(Word::head_customers), true}, {page.word(Word::head_share), true}};
  if (money) heads.push_back({page.word(Word::head_spend), true});
  return Table{heads, Phone::table};
}

std::vector<Cell> people_row(const Page& page, std::string_view name, std::uint64_t n, double spend, bool money) {
  std::vector<Cell> cells = {name, page.count(n), page.share(n, page.in.shop.customers)};
  if (money) cells.emplace_back(page.exact(spend));
  return cells;
}

}  // namespace

std::string rfm_section(const Page& page) {
  const auto& shop = page.in.shop;
  const bool money = shop.amounts_known;
  if (shop.customers == 0) return page.section("rfm", Word::report_rfm_question, page.word(Word::report_rfm_none), "");
  std::size_t first = 0;
  Table table = people_table(page, Word::head_segment, money);
  double spend = 0;
  for (std::size_t k = 0; k < model::kSegments; ++k) {
    spend += std::max(0.0, shop.segment_spend[k]);
    const bool more =
        money ? shop.segment_spend[k] > shop.segment_spend[first] : shop.segment_count[k] > shop.segment_count[first];
    if (more) first = k;
    if (shop.segment_count[k] == 0) continue;
    table.row(people_row(page, say_segment(page.l, static_cast<model::Segment>(k)), shop.segment_count[k],
                         shop.segment_spend[k], money));
  }
  const std::string_view segment = say_segment(page.l, static_cast<model::Segment>(first));
  const std::string people = page.share(shop.segment_count[first], shop.customers);
  const std::string answer =
      money ? page.say(Word::report_rfm_answer, fmt::arg("segment", segment), fmt::arg("people", people),
                       fmt::arg("money", page.share(spend > 0 ? shop.segment_spend[first] / spend : 0)))
            : page.say(Word::report_rfm_answer_people, fmt::arg("segment", segment), fmt::arg("people", people));
  return page.section("rfm", Word::report_rfm_question, answer,
                      page.p(page.word(money ? Word::report_rfm_note : Word::report_rfm_note_people), "note") +
                          rfm_chart(page, money) + table.str());
}

std::string stages_section(const Page& page) {
  const auto& shop = page.in.shop;
  const bool money = shop.amounts_known;
  const std::string answer = page.say(Word::report_stage_answer, fmt::arg("lapsed", page.count(page.lapsed())),
                                      fmt::arg("customers", page.count(shop.customers)),
                                      fmt::arg("share", page.share(page.lapsed(), shop.customers)));
  std::string body;
  if (shop.customers > 0) {
    std::string text = page.say(Word::shop_churn, fmt::arg("rate", page.share(shop.churn_rate)));
    if (shop.one_order < shop.customers) {  // otherwise nobody has bought twice, and the gap is unknown
      text += (page.l == text::Language::en ? " " : "") +
              page.say(Word::shop_one_order, fmt::arg("share", page.share(shop.one_order, shop.customers)),
                       fmt::arg("gap", duration(page.l, shop.first_to_second)));
    }
    body += page.p(text);
  }
  std::vector<Part> parts;
  Table table = people_table(page, Word::head_stage, money);
  for (std::size_t k = 0; k < model::kStages; ++k) {
    if (shop.stage_count[k] == 0) continue;
    const std::string name{say_stage(page.l, static_cast<model::Stage>(k))};
    parts.push_back({name, static_cast<double>(shop.stage_count[k]),
                     page.count(shop.stage_count[k]) + " (" + page.share(shop.stage_count[k], shop.customers) + ")",
                     kStageColour[k]});
    table.row(people_row(page, name, shop.stage_count[k], shop.stage_spend[k], money));
  }
  return page.section("stages", Word::report_stage_question, answer,
                      body + stacked_bar(page.word(Word::report_stage_chart), parts) + table.str());
}

}  // namespace report
