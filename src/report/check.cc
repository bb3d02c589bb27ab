#include <algorithm>
#include <cmath>

#include "report/names.h"
#include "report/page.h"
#include "report/svg.h"

namespace report {

using text::Word;

namespace {

/// Foreseen against actual, tenth by tenth: on the diagonal the forecast is right.
std::string reliability_chart(const Page& page) {
  const auto& deciles = page.in.shop.check.deciles;
  double high = 0.05;
  for (const auto& d : deciles) high = std::max({high, d.predicted, d.observed, d.observed + 1.96 * d.error});
  high = std::min(high, 1.0);
  return figure(page.word(Word::report_check_chart), [&](double width) {
    const bool phone = width < kWide;
    Svg svg{width, phone ? 330.0 : 380.0};
    const double left = 44, right = phone ? width - 10 : 460, bottom = svg.height() - 42;
    const auto marks = ticks(0, high, phone ? 4 : 5);
    const Scale x{0, marks.back(), left, right}, y{0, marks.back(), bottom, 28};
    svg.text(0, 12, page.word(Word::report_check_actual), "m");
    for (const double tick : marks) {
      svg.line(left, y(tick), right, y(tick), tick == 0 ? "s-ink" : "s-line");
      svg.text(left - 6, y(tick) + 4, page.share(tick), "m e");
      svg.text(x(tick), bottom + 18, page.share(tick), tick == marks.back() ? "m e" : "m c");
    }
    svg.text(right, svg.height() - 6, page.word(Word::report_check_foreseen), "m e");
    svg.line(x(0), y(0), x(marks.back()), y(marks.back()), "s-muted dash");
    // Below the line, where the points leave most room.
    double where = 0.5, room = -1;
    for (const double at : {0.25, 0.4, 0.55, 0.7}) {
      double nearest = 1e9;
      for (const auto& d : deciles) {
        nearest = std::min(
            nearest, std::hypot(x(d.predicted) - x(at * marks.back()) - 50, y(d.observed) - y(at * marks.back()) - 14));
      }
      if (nearest > room) room = nearest, where = at;
    }
    svg.text(x(where * marks.back()) + 12, y(where * marks.back()) + 16, page.word(Word::report_check_diagonal),
             "m halo");
    for (const auto& d : deciles) {
      const double low_end = std::max(0.0, d.observed - 1.96 * d.error),
                   high_end = std::min(marks.back(), d.observed + 1.96 * d.error);
      svg.line(x(d.predicted), y(low_end), x(d.predicted), y(high_end), "s-blue w2");
      svg.circle(x(d.predicted), y(d.observed), 4.5, "f-blue");
    }
    return svg;
  });
}

std::string state_of(const Page& page, const model::ModelFit& fit) {
  if (!fit.converged) return page.word(Word::report_fit_not_converged);
  if (!fit.dropout_identified) return page.word(Word::report_fit_no_dropout);
  if (fit.note.empty()) return page.word(Word::report_fit_fine);
  if (fit.note == "starts_disagree") return page.word(Word::report_fit_starts_disagree);
  return page.say(Word::report_fit_boundary, fmt::arg("note", fit.note));
}

std::string fits(const Page& page) {
  Table table{{{page.word(Word::report_fit_model)},
               {page.word(Word::report_fit_parameters)},
               {page.word(Word::report_fit_likelihood), true},
               {page.word(Word::report_fit_state)}},
              Phone::card};
  for (const auto& fit : page.in.shop.fits) {
    std::string parameters;
    for (std::size_t k = 0; k < fit.parameters.size(); ++k) {
      if (k > 0) parameters += ", ";
      parameters += fmt::format("{} {:.4g}", fit.parameters[k].first, fit.parameters[k].second);
      if (k < fit.standard_errors.size() && std::isfinite(fit.standard_errors[k]))
        parameters += fmt::format(" ± {:.2g}", fit.standard_errors[k]);
    }
    table.row({say_model(fit.name), parameters, text::decimal(fit.log_likelihood, 1), state_of(page, fit)});
  }
  if (table.empty()) return "";
  return "<h3>" + escape(page.word(Word::report_fits_title)) + "</h3>\n" + table.str();
}

std::string warnings(const Page& page) {
  std::string items;
  std::vector<std::string> said;
  for (const auto* list : {&page.in.shop.warnings, &page.in.plan.warnings}) {
    for (const std::string& warning : *list) {
      const std::string sentence = say_warning(page.l, warning);
      if (sentence.empty() || std::find(said.begin(), said.end(), sentence) != said.end()) continue;
      said.push_back(sentence);
      items += "<li>" + escape(sentence) + "</li>\n";
    }
  }
  if (page.in.shop.lines_without_customer > 0) {
    items += "<li>" +
             escape(page.say(Word::shop_without_customer,
                             fmt::arg("lines", page.count(page.in.shop.lines_without_customer)))) +
             "</li>\n";
  }
  return items.empty() ? ""
                       : "<h3>" + escape(page.word(Word::report_warnings_title)) + "</h3>\n<ul>\n" + items + "</ul>\n";
}

}  // namespace

std::string check_section(const Page& page) {
  const auto& shop = page.in.shop;
  const auto& check = shop.check;
  std::string answer = page.word(Word::report_check_none), body;
  if (check.done && !check.rivals.empty()) {
    const auto best = std::min_element(check.rivals.begin(), check.rivals.end(),
                                       [](const auto& a, const auto& b) { return a.brier < b.brier; });
    const bool won = best->brier >= check.rivals.front().brier;
    answer =
        page.say(won ? Word::report_check_better : Word::report_check_worse,
                 fmt::arg("predicted", page.share(check.rivals.front().predicted)),
                 fmt::arg("observed", page.share(check.observed)), fmt::arg("rival", say_rival(page.l, best->name)));
    body += page.p(page.say(Word::check_headline, fmt::arg("date", page.date(check.cut)),
                            fmt::arg("customers", page.count(check.customers)),
                            fmt::arg("observed", page.share(check.observed)), fmt::arg("days", check.horizon_days)));
    if (!check.deciles.empty())
      body += "<h3>" + escape(page.word(Word::report_check_chart)) + "</h3>\n" + reliability_chart(page);
    Table table{{{page.word(Word::head_method)},
                 {page.word(Word::head_brier), true},
                 {page.word(Word::head_auc), true},
                 {page.word(Word::head_foreseen), true}},
                Phone::table};
    for (const auto& rival : check.rivals) {
      table.row({say_rival(page.l, rival.name), fmt::format("{:.4f}", rival.brier), fmt::format("{:.3f}", rival.auc),
                 page.share(rival.predicted)});
    }
    body += table.str();
  }
  const std::string spend = shop.amounts_known ? page.money(shop.spend) : std::string{};
  const std::string span =
      page.say(shop.amounts_known ? Word::report_span : Word::report_span_no_money,
               fmt::arg("first", page.date(shop.first_day)), fmt::arg("last", page.date(shop.last_day)),
               fmt::arg("customers", page.count(shop.customers)), fmt::arg("spend", spend));
  const Word how = shop.return_model == "landmarks"   ? Word::report_made_landmarks
                   : shop.return_model == "base_rate" ? Word::report_made_rate
                                                      : Word::report_made_model;
  const std::string made =
      span + (page.l == text::Language::en ? " " : "") + page.say(how, fmt::arg("days", shop.horizon_days));
  return page.section("check", Word::report_check_question, answer, body + page.p(made) + warnings(page) + fits(page));
}

}  // namespace report
