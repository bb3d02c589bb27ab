#include "adapter/smtp/reply.h"

#include "base/charset.h"

namespace adapter::smtp {
namespace {

using model::Outcome;
using model::OutcomeKind;

constexpr std::size_t kMostDetail = 300;

std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Servers without enhanced codes say it in words.
bool says_user_unknown(std::string_view text) {
  static constexpr std::string_view kPhrases[] = {
      "user unknown",        "unknown user",       "no such user",      "no such recipient", "no such mailbox",
      "does not exist",      "doesn't exist",      "unknown recipient", "recipient unknown", "mailbox not found",
      "user not found",      "invalid recipient",  "no mailbox here",   "invalid mailbox",   "unknown mailbox",
      "unrouteable address", "not a valid mailbox"};
  const std::string plain = lowered(text);
  return std::ranges::any_of(kPhrases,
                             [&](std::string_view phrase) { return plain.find(phrase) != std::string::npos; });
}

bool is_dead(int code, std::string_view status, std::string_view text) {
  if (!status.empty())
    return status == "5.1.0" || status == "5.1.1" || status == "5.1.2" || status == "5.1.3" || status == "5.1.10";
  return (code == 550 || code == 551 || code == 553) && says_user_unknown(text);
}

bool is_throttle(int code, std::string_view status) {
  return code == 421 || code == 450 || code == 451 || code == 452 || code == 454 || status.starts_with("4.7.");
}

/// Refusals of ourselves, not of the letter: they end when the operator has set the account right.
bool is_about_us(Stage stage, int code, std::string_view status) {
  return stage == Stage::connect || code == 530 || code == 534 || code == 535 || code == 538 || status == "5.7.8" ||
         status == "5.7.9" || status == "5.7.11" || status == "5.7.12" || status == "5.7.13" || status == "5.7.14";
}

/// "250 2.0.0 Ok: queued as 4XyZ", "250 OK id=1abc-def".
std::string queue_id(std::string_view text) {
  const std::string plain = lowered(text);
  for (const std::string_view mark : {"queued as ", "id="}) {
    const std::size_t at = plain.find(mark);
    if (at == std::string::npos) continue;
    std::size_t end = at + mark.size();
    while (end < text.size() && end - at < 80 && (is_word(text[end]) || text[end] == '-' || text[end] == '.')) ++end;
    std::string_view id = text.substr(at + mark.size(), end - at - mark.size());
    while (id.ends_with('.')) id.remove_suffix(1);
    return std::string{id};
  }
  return {};
}

}  // namespace

std::string enhanced_status(std::string_view text) {
  std::size_t at = 0;
  const auto number = [&](std::size_t most) {
    std::size_t digits = 0;
    while (at < text.size() && is_digit(text[at]) && digits < most) ++at, ++digits;
    return digits > 0;
  };
  const auto dot = [&] { return at < text.size() && text[at++] == '.'; };
  if (!number(1) || !dot() || !number(3) || !dot() || !number(3)) return {};
  if (at < text.size() && (is_digit(text[at]) || text[at] == '.')) return {};
  if (text.front() != '2' && text.front() != '4' && text.front() != '5') return {};
  return std::string{text.substr(0, at)};
}

std::string without_addresses(std::string_view text, std::string_view recipient) {
  const std::string local = lowered(recipient.substr(0, std::min(recipient.find('@'), recipient.size())));
  std::string out;
  while (!text.empty() && out.size() < kMostDetail) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    std::string_view token = text.substr(0, end);
    text = end < text.size() ? text.substr(end + 1) : std::string_view{};
    if (token.empty()) continue;
    if (!out.empty()) out += ' ';
    if (token.find('@') != std::string_view::npos || token.find("%40") != std::string_view::npos) {
      out += "(address)";
      continue;
    }
    const std::string plain = lowered(token);
    const std::size_t at = local.empty() ? std::string::npos : plain.find(local);
    const bool whole = at != std::string::npos && (at == 0 || !is_word(plain[at - 1])) &&
                       (at + local.size() == plain.size() || !is_word(plain[at + local.size()]));
    if (whole) {
      out += "(address)";
    } else {
      for (const char c : token) out += static_cast<unsigned char>(c) < ' ' || c == 0x7F ? '?' : c;
    }
  }
  if (out.size() > kMostDetail) out.resize(kMostDetail);
  while (!out.empty() && !base::is_utf8(out)) {
    // Cut to the last whole character; bytes that are no UTF-8 at all are replaced.
    if (base::is_utf8(out, true)) {
      out.pop_back();
    } else {
      std::ranges::replace_if(
          out, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    }
  }
  return out;
}

Outcome judge(Stage stage, bool answered, const Reply& reply, std::string_view fault, std::string_view recipient) {
  Outcome outcome;
  if (!answered || reply.code == 0) {
    outcome.kind = stage == Stage::dot ? OutcomeKind::unknown : OutcomeKind::retryable;
    outcome.detail = without_addresses(fault, recipient);
    return outcome;
  }
  const std::string status = enhanced_status(reply.text);
  outcome.detail = without_addresses(fmt::format("{} {}", reply.code, reply.text), recipient);
  if (reply.code >= 500 && reply.code < 600) {
    if (is_about_us(stage, reply.code, status)) {
      outcome.kind = OutcomeKind::retryable;
    } else {
      outcome.kind = OutcomeKind::rejected;
      outcome.address_dead = stage >= Stage::rcpt && is_dead(reply.code, status, reply.text);
    }
  } else if (reply.code >= 400 && reply.code < 500) {
    outcome.kind = OutcomeKind::retryable;
    outcome.throttled = is_throttle(reply.code, status);
  } else if (stage == Stage::dot && reply.code >= 200 && reply.code < 300) {
    outcome.kind = OutcomeKind::accepted;
    outcome.provider_id = queue_id(reply.text);
  } else {
    // A reply no server should give: before the dot nothing was taken, after it nobody knows.
    outcome.kind = stage == Stage::dot ? OutcomeKind::unknown : OutcomeKind::retryable;
  }
  return outcome;
}

}  // namespace adapter::smtp
