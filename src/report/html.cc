#include "report/html.h"

#include <fmt/core.h>

#include <algorithm>

#include "text/html.h"

namespace report {

std::string escape(std::string_view text) { return text::escape_html(text); }

Table::Table(std::vector<Head> heads, Phone phone) : heads_(std::move(heads)), phone_(phone) {}

void Table::row(const std::vector<Cell>& cells, bool total) {
  rows_ += total ? "<tr class=\"total\">" : "<tr>";
  for (std::size_t k = 0; k < cells.size() && k < heads_.size(); ++k) {
    const Head& head = heads_[k];
    const std::string_view css = head.number  ? head.whole ? " class=\"n wide-cell\"" : " class=\"n\""
                                 : head.whole ? " class=\"wide-cell\""
                                              : "";
    rows_ += fmt::format("<td{}{}>{}</td>", css,
                         phone_ == Phone::table ? std::string{} : fmt::format(" data-head=\"{}\"", escape(head.text)),
                         cells[k].html());
  }
  rows_ += "</tr>\n";
}

std::string Table::str() const {
  if (rows_.empty()) return "";
  std::string out = phone_ == Phone::table  ? "<table class=\"compact\">\n<thead><tr>"
                    : phone_ == Phone::card ? "<table class=\"cards\">\n<thead><tr>"
                                            : "<table class=\"cards pairs\">\n<thead><tr>";
  for (const Head& head : heads_)
    out += fmt::format("<th{}>{}</th>", head.number ? " class=\"n\"" : "", escape(head.text));
  return out + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody></table>\n";
}

}  // namespace report
