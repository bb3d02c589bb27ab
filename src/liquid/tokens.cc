#include "liquid/tokens.h"

namespace liquid {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

bool is_space(char c) { return kSpace.find(c) != std::string_view::npos; }
bool is_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string_view trim_left(std::string_view text) {
  const std::size_t at = text.find_first_not_of(kSpace);
  return at == std::string_view::npos ? text.substr(text.size()) : text.substr(at);
}
std::string_view trim_right(std::string_view text) { return text.substr(0, text.find_last_not_of(kSpace) + 1); }

class Cutter {
 public:
  explicit Cutter(std::string_view source) : source_(source) {}

  std::vector<Token> cut() {
    std::size_t at = 0;
    while (at < source_.size()) {
      const std::size_t open = find_open(at);
      text(at, open);
      if (open == source_.size()) break;
      at = source_[open + 1] == '{' ? output(open) : tag(open);
    }
    return std::move(tokens_);
  }

 private:
  std::size_t find_open(std::size_t from) const {
    for (std::size_t at = from; (at = source_.find('{', at)) != std::string_view::npos; ++at) {
      if (at + 1 < source_.size() && (source_[at + 1] == '{' || source_[at + 1] == '%')) return at;
    }
    return source_.size();
  }

  /// The text of [from, to), trimmed as the pieces around it ask.
  void text(std::size_t from, std::size_t to) {
    std::string_view piece = source_.substr(from, to - from);
    if (trim_next_) piece = trim_left(piece);
    trim_next_ = false;
    if (to + 2 < source_.size() && source_[to + 2] == '-') piece = trim_right(piece);
    if (!piece.empty()) tokens_.push_back({TokenKind::text, piece, {}, offset(piece)});
  }

  std::uint32_t offset(std::string_view piece) const { return static_cast<std::uint32_t>(piece.data() - source_.data()); }

  /// What stands between `open` + 2 and `close`, without the dashes of whitespace control.
  std::string_view inside(std::size_t open, std::size_t close) {
    std::size_t from = open + 2, to = close;
    if (from < to && source_[from] == '-') ++from;
    if (to > from && source_[to - 1] == '-') --to;
    trim_next_ = source_[close - 1] == '-' && close - 1 >= open + 2;
    return source_.substr(from, to - from);
  }

  std::size_t output(std::size_t open) {
    const std::size_t close = source_.find("}}", open + 2);
    if (close == std::string_view::npos)
      throw Failure{base::Code::invalid_input, "this '{{' is not closed; end it with '}}'", static_cast<std::uint32_t>(open)};
    tokens_.push_back({TokenKind::output, inside(open, close), {}, static_cast<std::uint32_t>(open)});
    return close + 2;
  }

  std::size_t tag(std::size_t open) {
    const std::size_t close = source_.find("%}", open + 2);
    if (close == std::string_view::npos)
      throw Failure{base::Code::invalid_input, "this '{%' is not closed; end it with '%}'", static_cast<std::uint32_t>(open)};
    std::string_view markup = trim_left(inside(open, close));
    std::size_t end = 0;
    while (end < markup.size() && is_name(markup[end])) ++end;
    if (end == 0 && !markup.empty() && markup[0] == '#') end = 1;
    const std::string_view name = markup.substr(0, end);
    markup = markup.substr(end);
    if (name == "raw") return verbatim(open, close + 2, "endraw", true);
    if (name == "doc") {
      if (!trim_left(markup).empty())
        throw Failure{base::Code::invalid_input, "'doc' takes nothing after its name", static_cast<std::uint32_t>(open)};
      return verbatim(open, close + 2, "enddoc", false);
    }
    tokens_.push_back({TokenKind::tag, markup, name, static_cast<std::uint32_t>(open)});
    return close + 2;
  }

  /// From `from` to the tag `end_name`, kept as text or dropped.
  std::size_t verbatim(std::size_t open, std::size_t from, std::string_view end_name, bool keep) {
    for (std::size_t at = from; (at = source_.find("{%", at)) != std::string_view::npos; at += 2) {
      std::size_t here = at + 2;
      if (here < source_.size() && source_[here] == '-') ++here;
      while (here < source_.size() && is_space(source_[here])) ++here;
      if (source_.substr(here, end_name.size()) != end_name) continue;
      here += end_name.size();
      while (here < source_.size() && is_space(source_[here])) ++here;
      const bool trims = here < source_.size() && source_[here] == '-';
      if (trims) ++here;
      if (source_.substr(here, 2) != "%}") continue;
      if (keep) text(from, at);
      trim_next_ = trims;
      return here + 2;
    }
    throw Failure{base::Code::invalid_input, fmt::format("this block is not closed; end it with '{{% {} %}}'", end_name),
                  static_cast<std::uint32_t>(open)};
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  bool trim_next_ = false;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source) { return Cutter(source).cut(); }

std::vector<Token> line_tokens_of(std::string_view source, std::string_view lines) {
  std::vector<Token> tokens;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find_first_of("\r\n"), lines.size());
    const std::string_view line = trim_right(trim_left(lines.substr(0, end)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.empty()) continue;
    std::size_t name = 0;
    while (name < line.size() && is_name(line[name])) ++name;
    if (name == 0 && line[0] == '#') name = 1;
    tokens.push_back({TokenKind::tag, line.substr(name), line.substr(0, name),
                      static_cast<std::uint32_t>(line.data() - source.data())});
  }
  return tokens;
}

}  // namespace liquid
