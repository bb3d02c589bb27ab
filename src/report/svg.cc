#include "report/svg.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "report/html.h"

namespace report {
namespace {

/// A coordinate with one decimal; what is no number is put at 0 so that one bad figure spoils no picture.
std::string px(double value) {
  if (!std::isfinite(value)) value = 0;
  const double rounded = std::round(std::clamp(value, -1e5, 1e5) * 10) / 10;
  return fmt::format("{}", rounded == 0 ? 0.0 : rounded);
}

std::string list(const std::vector<Svg::Point>& points) {
  std::string out;
  for (const auto& p : points) out += (out.empty() ? "" : " ") + px(p.x) + "," + px(p.y);
  return out;
}

}  // namespace

void Svg::rect(double x, double y, double width, double height, std::string_view css, double opacity) {
  body_ += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" class="{}")", px(x), px(y),
                       px(std::max(0.0, width)), px(std::max(0.0, height)), css);
  if (opacity < 1) body_ += fmt::format(R"( fill-opacity="{:.3f}")", opacity);
  body_ += "/>";
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view css) {
  body_ += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>)", px(x1), px(y1), px(x2), px(y2), css);
}

void Svg::circle(double x, double y, double radius, std::string_view css) {
  body_ += fmt::format(R"(<circle cx="{}" cy="{}" r="{}" class="{}"/>)", px(x), px(y), px(radius), css);
}

void Svg::text(double x, double y, std::string_view content, std::string_view css) {
  body_ += fmt::format(R"(<text x="{}" y="{}")", px(x), px(y));
  if (!css.empty()) body_ += fmt::format(R"( class="{}")", css);
  body_ += ">" + escape(content) + "</text>";
}

void Svg::polyline(const std::vector<Point>& points, std::string_view css) {
  body_ += fmt::format(R"(<polyline points="{}" class="{}"/>)", list(points), css);
}

void Svg::polygon(const std::vector<Point>& points, std::string_view css) {
  body_ += fmt::format(R"(<polygon points="{}" class="{}"/>)", list(points), css);
}

std::string Svg::str(std::string_view label) const {
  return fmt::format(R"(<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">{3}</svg>)",
                     px(width_), px(height_), escape(label), body_);
}

std::vector<double> ticks(double low, double high, int count) {
  if (!std::isfinite(low) || !std::isfinite(high) || high <= low) return {low, low + 1};
  const double raw = (high - low) / std::max(1, count);
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= raw * 0.999) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> result;
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  for (double k = first; k <= last; k += 1) result.push_back(k * step);
  return result;
}

double text_width(std::string_view text) {
  double width = 0;
  for (const char letter : text) {
    const auto c = static_cast<unsigned char>(letter);
    if (c >= 0xE3) {
      width += 12;  // Chinese, Japanese, Korean and wider
    } else if (c >= 0xC0) {
      width += 8;
    } else if (std::string_view{" .,:;!|'fijlrtI()[]-"}.find(letter) != std::string_view::npos) {
      width += 4.6;
    } else if (letter == '%' || letter == 'm' || letter == 'w' || letter == 'M' || letter == 'W') {
      width += 11;
    } else if (c < 0x80) {
      width += c >= 'A' && c <= 'Z' ? 8.5 : 7.6;
    }
  }
  return width;
}

std::string shortened(std::string_view text, double room) {
  if (text_width(text) <= room) return std::string{text};
  std::size_t end = 0;
  for (std::size_t i = 1; i <= text.size(); ++i) {
    // Only before the first byte of a letter.
    if (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (text_width(text.substr(0, i)) + 8 > room) break;
    end = i;
  }
  return std::string{text.substr(0, end)} + "…";
}

double centred(double x, std::string_view text, double low, double high) {
  const double half = text_width(text) / 2;
  if (low + half > high - half) return (low + high) / 2;
  return std::clamp(x, low + half, high - half);
}

std::string figure(std::string_view label, const std::function<Svg(double width)>& draw) {
  return fmt::format("<figure>\n<div class=\"wide\">{}</div>\n<div class=\"narrow\">{}</div>\n</figure>\n",
                     draw(kWide).str(label), draw(kNarrow).str(label));
}

}  // namespace report
