#include <algorithm>
#include <cmath>

#include "report/page.h"
#include "report/svg.h"

namespace report {

using text::Word;

namespace {

std::string silence_chart(const Page& page) {
  const auto& shop = page.in.shop;
  const auto& bins = shop.by_silence;
  double high = 0.08;
  for (const auto& bin : bins) high = std::max(high, std::min(1.0, bin.chance.high));
  const std::string label = page.say(Word::report_silence_chart, fmt::arg("days", shop.horizon_days));
  return figure(label, [&](double width) {
    const bool phone = width < kWide;
    Svg svg{width, phone ? 280.0 : 320.0};
    const double left = 44, right = width - 12, bottom = svg.height() - 42;
    const auto ys = ticks(0, high, phone ? 4 : 5);
    const double furthest = std::max<double>(bins.back().to, shop.lost_after_days.value_or(0));
    const Scale x{0, furthest, left, right}, y{0, ys.back(), bottom, 28};
    svg.text(0, 12, label, "m");
    for (const double tick : ys) {
      svg.line(left, y(tick), right, y(tick), tick == 0 ? "s-ink" : "s-line");
      svg.text(left - 6, y(tick) + 4, page.share(tick), "m e");
    }
    for (const double tick : ticks(0, furthest, phone ? 4 : 8)) {
      if (tick <= furthest)
        svg.text(x(tick), bottom + 18, text::whole(page.l, tick), x(tick) > right - 12 ? "m e" : "m c");
    }
    svg.text(right, svg.height() - 6, page.word(Word::report_silence_axis), "m e");
    std::vector<Svg::Point> band, line;
    const auto middle = [&](const model::ReturnBySilence& bin) { return x((bin.from + bin.to) / 2.0); };
    for (const auto& bin : bins) {
      band.push_back({middle(bin), y(bin.chance.high)});
      line.push_back({middle(bin), y(bin.chance.value)});
    }
    for (auto bin = bins.rbegin(); bin != bins.rend(); ++bin) band.push_back({middle(*bin), y(bin->chance.low)});
    svg.polygon(band, "f-band-blue");
    svg.polyline(line, "s-blue w2");
    svg.line(left, y(0.05), right, y(0.05), "s-red dash");
    // The label of the 5 % line stands where the curve is not: at the left where the curve is high.
    svg.text(left + 4, y(0.05) - 5, page.word(Word::report_silence_five), "t-red halo");
    const std::size_t fifth = bins.size() / 6;
    svg.text(line[fifth].x + 10, std::max(40.0, band[fifth].y - 4), page.word(Word::report_silence_band),
             "t-blue halo");
    if (shop.lost_after_days) {
      const double at = x(*shop.lost_after_days);
      const std::string mark = page.say(Word::report_silence_mark, fmt::arg("days", *shop.lost_after_days));
      svg.line(at, 40, at, bottom, "s-red");
      const bool flip = at + text_width(mark) + 10 > right;
      svg.text(flip ? at - 6 : at + 6, 50, mark, flip ? "e b t-red halo" : "b t-red halo");
    }
    return svg;
  });
}

}  // namespace

std::string silence_section(const Page& page) {
  const auto& shop = page.in.shop;
  if (shop.by_silence.empty()) {
    return page.section("lost", Word::report_silence_question, page.word(Word::report_silence_unknown), "");
  }
  const std::string answer =
      shop.lost_after_days
          ? page.say(Word::report_silence_lost, fmt::arg("silent", duration(page.l, *shop.lost_after_days)),
                     fmt::arg("days", shop.horizon_days))
          : page.say(Word::report_silence_never, fmt::arg("days", shop.horizon_days));
  std::string body =
      page.p(page.say(Word::report_silence_note, fmt::arg("days", shop.horizon_days)), "note") + silence_chart(page);
  if (shop.loss_90 > 0) body += page.p(page.say(Word::shop_loss, fmt::arg("money", page.money(shop.loss_90))));
  Table table{{{page.word(Word::head_silent), true},
               {page.say(Word::head_returns, fmt::arg("days", shop.horizon_days)), true},
               {page.word(Word::head_interval), true},
               {page.word(Word::report_seen), true}},
              Phone::table};
  for (const auto& bin : shop.by_silence) {
    table.row({fmt::format("{}–{}", bin.from, bin.to - 1), page.share(bin.chance.value),
               page.share(bin.chance.low) + " – " + page.share(bin.chance.high), page.count(bin.chance.of)});
  }
  return page.section("lost", Word::report_silence_question, answer, body + page.folded(table));
}

}  // namespace report
