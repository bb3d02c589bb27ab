#include "report/page.h"

#include <algorithm>
#include <array>

#include "report/names.h"

namespace report {

using text::Word;

namespace {

/// Escaped text whose options ("--margin") do not break and whose minus signs stay with their number.
std::string prose(std::string_view text) {
  const std::string safe = escape(text);
  constexpr std::string_view kMinus = "−";
  std::string out;
  for (std::size_t i = 0; i < safe.size();) {
    const std::string_view rest = std::string_view{safe}.substr(i);
    if (rest.starts_with(kMinus)) {
      out += "−\u2060";
      i += kMinus.size();
    } else if (rest.starts_with("--") && rest.size() > 2 && rest[2] >= 'a' && rest[2] <= 'z') {
      std::size_t end = 2;
      while (end < rest.size() && ((rest[end] >= 'a' && rest[end] <= 'z') || rest[end] == '-')) ++end;
      out += "<code class=\"once\">" + std::string{rest.substr(0, end)} + "</code>";
      i += end;
    } else {
      out += safe[i++];
    }
  }
  return out;
}

}  // namespace

std::uint64_t Page::lapsed() const {
  std::uint64_t n = 0;
  for (std::size_t s = 0; s < model::kStages; ++s) {
    if (model::is_lapsed(static_cast<model::Stage>(s))) n += in.shop.stage_count[s];
  }
  return n;
}

bool Page::effects_measured() const {
  bool any = false;
  for (std::size_t k = 0; k < in.offers.size(); ++k) {
    if (!in.assumptions.effect[static_cast<std::size_t>(in.offers[k].kind)].measured) {
      if (k >= in.plan.offers.size() || in.plan.offers[k].customers > 0) return false;
    } else {
      any = true;
    }
  }
  return any;
}

std::string Page::offer_name(std::size_t index) const {
  return index < in.offers.size() ? in.offers[index].name[static_cast<std::size_t>(l)] : std::string{"–"};
}

std::string Page::favourite(std::size_t row) const {
  const auto& p = in.profiles;
  const std::size_t index = row < p.favourite_item.size() ? p.favourite_item[row] : 0;
  if (index >= p.items.size() || p.items[index].empty()) return "–";
  std::string item = calm(p.items[index]);
  if (item[0] >= 'a' && item[0] <= 'z') item[0] = static_cast<char>(item[0] - 'a' + 'A');
  return item;
}

std::string Page::business() const {
  constexpr std::array<std::pair<std::string_view, Word>, 7> known = {{{"shop", Word::business_shop},
                                                                       {"grocery", Word::business_grocery},
                                                                       {"fashion", Word::business_fashion},
                                                                       {"saas", Word::business_saas},
                                                                       {"game", Word::business_game},
                                                                       {"course", Word::business_course},
                                                                       {"restaurant", Word::business_restaurant}}};
  for (const auto& [name, w] : known) {
    if (name == in.plan.business) return word(w);
  }
  return in.plan.business;
}

std::string Page::with_marks(std::string_view text) const {
  std::string out;
  for (;;) {
    const std::size_t at = text.find(kAssumed);
    out += prose(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    out += "\u00a0<a class=\"assumed\" href=\"#sources\">" + escape(word(Word::report_assumed)) + "</a>";
    text.remove_prefix(at + kAssumed.size());
  }
}

std::string Page::p(std::string_view text, std::string_view css) const {
  return (css.empty() ? std::string{"<p>"} : fmt::format("<p class=\"{}\">", css)) + with_marks(text) + "</p>\n";
}

std::string Page::section(std::string_view id, Word question, std::string_view answer, std::string_view body) const {
  return fmt::format("<section id=\"{}\">\n<p class=\"question\">{}</p>\n<div class=\"answer\">\n<h2>{}</h2>\n", id,
                     escape(word(question)), with_marks(answer)) +
         std::string{body} + "</div>\n</section>\n";
}

std::string Page::folded(const Table& table) const {
  if (table.empty()) return "";
  return "<details><summary>" + escape(word(Word::report_table)) + "</summary>\n" + table.str() + "</details>\n";
}

}  // namespace report
