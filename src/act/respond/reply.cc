#include "act/respond/reply.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "act/respond/mime_read.h"
#include "base/words.h"

namespace act::respond {
namespace {

constexpr std::size_t kMostCharacters = 4000;
constexpr std::size_t kMostBytes = 4 * kMostCharacters;
constexpr std::array kWeighed = {ReplyKind::stop, ReplyKind::start, ReplyKind::help, ReplyKind::complaint, ReplyKind::question, ReplyKind::praise, ReplyKind::answer};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Latin words stand alone, Chinese ones do not.
bool has(std::string_view text, std::string_view phrase) {
  if (phrase.empty()) return false;
  for (std::size_t at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
    const std::size_t end = at + phrase.size();
    const bool before = is_letter(phrase.front()) && at > 0 && is_letter(text[at - 1]);
    const bool after = is_letter(phrase.back()) && end < text.size() && is_letter(text[end]);
    if (!before && !after) return true;
  }
  return false;
}

/// Without the marks around and the blanks between that carry no meaning.
std::string bare(std::string_view text) {
  static constexpr std::array<std::string_view, 19> kMarks = {"。", "、", "「", "」", "“", "”", "‘", "’", "…", "《", "》", ".", "!", ",", ";", ":", "\"", "'", "-"};
  std::string rest{trimmed(text)};
  for (bool again = true; again && !rest.empty();) {
    again = false;
    for (const std::string_view mark : kMarks) {
      if (rest.starts_with(mark)) rest.erase(0, mark.size()), again = true;
      if (rest.ends_with(mark)) rest.resize(rest.size() - mark.size()), again = true;
    }
    const std::string_view kept = trimmed(rest);
    if (kept.size() != rest.size()) rest = std::string{kept}, again = true;
  }
  return rest;
}

/// Lines become blanks, blanks become one.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) line += c;
    else if (!line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

const ReplyRules::Keyword* keyword_of(std::string_view plain, std::string_view channel, const ReplyRules& rules) {
  const std::string whole = bare(plain);
  for (const ReplyRules::Keyword& keyword : rules.keywords) {
    if (keyword.text != whole) continue;
    if (keyword.channels.empty() || std::ranges::find(keyword.channels, channel) != keyword.channels.end()) return &keyword;
  }
  return nullptr;
}

}  // namespace

std::string_view name_of(ReplyKind kind) {
  constexpr std::string_view kNames[] = {"stop", "start", "help", "complaint", "question", "praise", "answer", "auto_reply", "unsure"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool is_by_machine(const Mail& mail) {
  const std::string submitted = lower_case(trimmed(value_of(mail.fields, "auto-submitted")));
  const std::string precedence = lower_case(trimmed(value_of(mail.fields, "precedence")));
  return (!submitted.empty() && !submitted.starts_with("no")) || precedence == "auto_reply" || precedence == "bulk" || precedence == "junk" ||
         precedence == "list" || !value_of(mail.fields, "x-autoreply").empty() || !value_of(mail.fields, "x-autorespond").empty();
}

std::string own_words(std::string_view text, const ReplyRules& rules) {
  std::string own;
  while (!text.empty() && own.size() < kMostBytes) {
    const std::string_view line = next_line(text);
    const std::string_view said = trimmed(line);
    if (said.starts_with('>')) continue;
    if (said == "--" || said == "-- ") break;  // a signature begins
    const std::string plain = on_one_line(base::plain_text(said));
    const bool quotes = std::ranges::any_of(rules.quotes, [&](const std::string& mark) {
      // "on … wrote:": beginning and end, whatever stands between.
      const std::size_t gap = mark.find('*');
      if (gap == std::string::npos) return plain.starts_with(mark);
      const std::string_view front = std::string_view{mark}.substr(0, gap), back = std::string_view{mark}.substr(gap + 1);
      return plain.size() >= front.size() + back.size() && plain.starts_with(front) && plain.ends_with(back);
    });
    if (quotes && !plain.empty()) break;
    own += line;
    own += '\n';
  }
  const std::string_view kept = trimmed(own);
  // Whole characters only.
  std::size_t bytes = 0, characters = 0;
  while (bytes < kept.size()) {
    if ((static_cast<unsigned char>(kept[bytes]) & 0xC0U) != 0x80U && ++characters > kMostCharacters) break;
    ++bytes;
  }
  return std::string{kept.substr(0, bytes)};
}

Reply read_reply(const ReplyText& reply, const ReplyRules& rules) {
  Reply read;
  read.words = own_words(reply.text, rules);
  const std::string subject = on_one_line(base::plain_text(reply.subject));
  if (reply.by_machine || std::ranges::any_of(rules.auto_subjects, [&](const std::string& mark) { return subject.starts_with(mark); })) {
    read.kind = ReplyKind::auto_reply;
    read.probability = 1;
    return read;
  }
  const std::string plain = on_one_line(base::plain_text(read.words));
  read.urgent = std::ranges::any_of(rules.urgent, [&](const std::string& word) { return has(plain, word); });
  // The subject speaks where nothing else was written.
  const std::string_view said = plain.empty() ? std::string_view{subject} : std::string_view{plain};
  if (const auto* keyword = keyword_of(said, reply.channel, rules)) {
    read.kind = keyword->kind;
    read.probability = 1;
    read.keyword = true;
    return read;
  }
  std::array<double, kWeighed.size()> score{};
  score.fill(rules.unspoken);
  score[kWeighed.size() - 1] = 0;
  for (const ReplyRules::Phrase& phrase : rules.phrases) {
    const auto at = std::ranges::find(kWeighed, phrase.kind);
    if (at != kWeighed.end() && has(said, phrase.text)) score[static_cast<std::size_t>(at - kWeighed.begin())] += phrase.weight;
  }
  const double top = *std::ranges::max_element(score);
  double sum = 0;
  for (double& one : score) sum += one = std::exp(one - top);
  const auto likeliest = std::ranges::max_element(score);
  const double stop = score[0] / sum;
  read.kind = kWeighed[static_cast<std::size_t>(likeliest - score.begin())];
  read.probability = *likeliest / sum;
  if (stop >= rules.stop_least) {
    read.kind = ReplyKind::stop;
    read.probability = stop;
  } else if (read.probability < rules.least || said.empty()) {
    read.kind = ReplyKind::unsure;
  }
  return read;
}

}  // namespace act::respond
