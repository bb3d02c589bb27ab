#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace report {

/// One inline picture, drawn in pixels of its own size and scaled down where there is less room. Colours come from the
/// style sheet by class, so that one picture serves light, dark and print.
class Svg {
 public:
  Svg(double width, double height) : width_(width), height_(height) {}

  double width() const { return width_; }
  double height() const { return height_; }
  void set_height(double height) { height_ = height; }

  void rect(double x, double y, double width, double height, std::string_view css, double opacity = 1);
  void line(double x1, double y1, double x2, double y2, std::string_view css);
  void circle(double x, double y, double radius, std::string_view css);
  /// Classes of text: "m" muted, "b" bold, "e" ends at x, "c" centred on x; colours as elsewhere ("t-teal", …).
  void text(double x, double y, std::string_view content, std::string_view css = "");

  struct Point {
    double x, y;
  };
  void polyline(const std::vector<Point>& points, std::string_view css);
  void polygon(const std::vector<Point>& points, std::string_view css);

  /// The element; `label` is read to those who do not see it.
  std::string str(std::string_view label) const;

 private:
  double width_;
  double height_;
  std::string body_;
};

/// Maps values to pixels along a straight scale.
struct Scale {
  double from, to;    ///< values
  double start, end;  ///< pixels
  double operator()(double value) const {
    return to > from ? start + (value - from) / (to - from) * (end - start) : start;
  }
};

/// Round numbers that cover low … high, about `count` of them, the ends included.
std::vector<double> ticks(double low, double high, int count);

/// How wide 12-pixel text is at most: measured on the widest of the common system fonts.
double text_width(std::string_view text);

/// The text, cut with "…" where it is wider than `room`.
std::string shortened(std::string_view text, double room);

/// Where a text centred on x has to stand so that it lies between low and high; in their middle where it is too wide.
double centred(double x, std::string_view text, double low, double high);

/// A picture twice: drawn for a desk's width and for a phone's; the style sheet shows one of them.
inline constexpr double kWide = 800;
inline constexpr double kNarrow = 358;
std::string figure(std::string_view label, const std::function<Svg(double width)>& draw);

}  // namespace report
