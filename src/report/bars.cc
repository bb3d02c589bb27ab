#include "report/bars.h"

#include <algorithm>

namespace report {
namespace {

Svg draw_bars(std::vector<Bar> bars, double width) {
  for (Bar& bar : bars) bar.name = shortened(bar.name, width < kWide ? width : 316);
  double low = 0, high = 0, longest_name = 0, longest_figure = 0;
  for (const Bar& bar : bars) {
    low = std::min({low, bar.low, bar.from, bar.to});
    high = std::max({high, bar.high, bar.from, bar.to});
    longest_name = std::max(longest_name, text_width(bar.name));
    longest_figure = std::max(longest_figure, text_width(bar.figure));
  }
  if (high <= low) high = low + 1;
  const bool phone = width < kWide;
  // At a desk the name stands left of its bar; on a phone above it, with the figure at the right end of that line.
  const double left = phone ? 0 : std::min(340.0, longest_name + 24);
  const double right = phone ? width - 1 : width - longest_figure - 12;
  // Where name and figure do not fit on one line of the phone, each gets its own.
  bool two_lines = false;
  for (const Bar& bar : bars)
    two_lines = two_lines || (phone && text_width(bar.name) + text_width(bar.figure) + 12 > width);
  const double pitch = two_lines ? 58 : phone ? 40 : 28;
  const Scale x{low, high, left, std::max(left + 60, right)};
  Svg svg{width, pitch * static_cast<double>(bars.size()) + 6};
  double y = 4;
  for (const Bar& bar : bars) {
    const double top = two_lines ? y + 36 : phone ? y + 19 : y + 4;
    const double thick = phone ? 12 : 16;
    if (phone) {
      svg.text(0, y + 12, bar.name, bar.strong ? "b" : "");
      if (two_lines) svg.text(0, y + 29, bar.figure, "b");
      if (!two_lines) svg.text(width - 1, y + 12, bar.figure, bar.strong ? "e b" : "e");
    } else {
      svg.text(left - 10, y + 16, bar.name, bar.strong ? "e b" : "e");
    }
    const double a = x(std::min(bar.from, bar.to)), b = x(std::max(bar.from, bar.to));
    svg.rect(a, top, std::max(b - a, bar.to != bar.from ? 1.5 : 0.0), thick, bar.css);
    double end = b;
    if (low < 0 && phone) svg.line(x(0), top - 3, x(0), top + thick + 3, "s-ink");
    if (bar.high > bar.low) {
      const double middle = top + thick / 2;
      svg.line(x(bar.low), middle, x(bar.high), middle, "s-ink");
      svg.line(x(bar.low), middle - 4, x(bar.low), middle + 4, "s-ink");
      svg.line(x(bar.high), middle - 4, x(bar.high), middle + 4, "s-ink");
      end = std::max(end, x(bar.high));
    }
    if (!phone) svg.text(end + 8, y + 16, bar.figure, bar.strong ? "b" : "");
    y += pitch;
  }
  if (low < 0 && !phone) svg.line(x(0), 0, x(0), svg.height(), "s-ink");
  return svg;
}

struct Label {
  double at;      // where its part stands
  double x;       // text begins (below the bar) or ends (above it)
  int level = 0;  // steps away from the bar
  std::string text;
};

/// Labels of the left half stand below the bar and begin at their part, those of the right half above it and end there.
/// Each either shares its neighbour's line or goes one line further out: so no leader crosses a text.
int set_levels(std::vector<Label>& labels, bool below) {
  int deepest = 0;
  for (std::size_t k = 1; k < labels.size(); ++k) {
    const Label& inner = labels[k - 1];
    Label& outer = labels[k];
    const double room = below ? inner.x - outer.x : outer.x - inner.x;
    const double need = text_width(below ? outer.text : inner.text) + 14;
    const double need_above = text_width(outer.text) + 14;
    outer.level = inner.level + (room < (below ? need : need_above) ? 1 : 0);
    deepest = std::max(deepest, outer.level);
  }
  return labels.empty() ? -1 : deepest;
}

Svg draw_stacked(const std::vector<Part>& parts, double total, double width) {
  constexpr double kThick = 28, kLine = 20;
  std::vector<Label> below, above;
  double x = 0;
  for (const Part& part : parts) {
    const double w = part.value / total * width;
    const std::string text = shortened(part.name, width / 2 - 40 - text_width(part.figure)) + "  " + part.figure;
    if (x + w / 2 < width / 2 || x == 0) {
      below.push_back({x + 1, x + 1, 0, text});
    } else {
      above.push_back({x + w - 1, x + w - 1, 0, text});
    }
    x += w;
  }
  std::reverse(below.begin(), below.end());  // inner ones first
  const int deep = set_levels(below, true), high = set_levels(above, false);
  const double top = (high + 1) * kLine + 6;
  Svg svg{width, top + kThick + (deep + 1) * kLine + 10};
  for (const Label& label : above) {
    const double y = top - 8 - label.level * kLine;
    svg.line(label.at, top, label.at, y - 8, "s-muted");
    svg.text(label.x - 5, y, label.text, "e");
  }
  for (const Label& label : below) {
    const double y = top + kThick + 18 + label.level * kLine;
    svg.line(label.at, top + kThick, label.at, y, "s-muted");
    svg.text(label.x + 5, y, label.text);
  }
  x = 0;
  for (const Part& part : parts) {
    const double w = part.value / total * width;
    svg.rect(x, top, w > 3 ? w - 1 : std::max(w, 1.0), kThick, part.css, part.opacity);
    x += w;
  }
  return svg;
}

}  // namespace

std::string bar_chart(std::string_view label, const std::vector<Bar>& bars) {
  if (bars.empty()) return "";
  return figure(label, [&](double width) { return draw_bars(bars, width); });
}

std::string stacked_bar(std::string_view label, std::vector<Part> parts) {
  std::erase_if(parts, [](const Part& part) { return !(part.value > 0); });
  double total = 0;
  for (const Part& part : parts) total += part.value;
  if (parts.empty()) return "";
  return figure(label, [&](double width) {
    if (width >= kWide) return draw_stacked(parts, total, width);
    std::vector<Bar> bars;
    for (const Part& part : parts) bars.push_back({part.name, 0, part.value, part.figure, part.css, 0, 0, false});
    return draw_bars(bars, width);
  });
}

}  // namespace report
