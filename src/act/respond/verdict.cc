#include "act/respond/verdict.h"

#include <algorithm>
#include <array>
#include <span>

#include "act/respond/mime_read.h"

namespace act::respond {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"none", "hard", "soft", "other", "complaint", "unsubscribe"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Phrases of mail servers, in lower case. The mailbox is there but takes nothing now, or takes nothing from us:
constexpr std::string_view kSoft[] = {"quota",
                                      "mailbox full",
                                      "mailbox is full",
                                      "mailbox size",
                                      "storage",
                                      "disk full",
                                      "too large",
                                      "too big",
                                      "size limit",
                                      "exceeds",
                                      "exceeded",
                                      "spam",
                                      "block",
                                      "blacklist",
                                      "reputation",
                                      "policy",
                                      "not permitted",
                                      "not allowed",
                                      "denied",
                                      "refused",
                                      "reject",
                                      "banned",
                                      "virus",
                                      "malware",
                                      "content",
                                      "dkim",
                                      "dmarc",
                                      "spf ",
                                      "authenticat",
                                      "relay",
                                      "reverse dns",
                                      "ptr record",
                                      "rdns",
                                      "rate limit",
                                      "too many",
                                      "try again",
                                      "temporar",
                                      "timed out",
                                      "timeout",
                                      "time out",
                                      "unreachable",
                                      "loop",
                                      "suspend",
                                      "disabled",
                                      "inactive",
                                      "not active",
                                      "deactivated",
                                      "over limit",
                                      "loop detected",
                                      "greylist",
                                      "service unavailable",
                                      "certificate",
                                      "tls",
                                      "protocol error",
                                      "syntax error",
                                      "mail system",
                                      "not configured",
                                      "command died",
                                      "unknown mailer error",
                                      "giving up",
                                      "did not accept our requests",
                                      "was aborted after",
                                      "not yet been delivered",
                                      "did not respond",
                                      "attempts will continue",
                                      "could not deliver for the last",
                                      "retry time",
                                      "has been frozen",
                                      "local delivery failed"};
// Of these, the ones that outweigh a status that says there is no such mailbox:
constexpr std::string_view kSurelyThere[] = {
    "quota",      "mailbox full", "mailbox is full", "mailbox size", "disk full",  "too large",  "too big",
    "size limit", "spam",         "blocked",         "blacklist",    "reputation", "policy",     "virus",
    "malware",    "dkim",         "dmarc",           "spf ",         "suspend",    "rate limit", "too many"};
// There is nobody:
constexpr std::string_view kUnknownUser[] = {"user unknown",
                                             "unknown user",
                                             "no such user",
                                             "no such recipient",
                                             "no such address",
                                             "no such mailbox",
                                             "no such person",
                                             "no such account",
                                             "no such local user",
                                             "unknown recipient",
                                             "recipient unknown",
                                             "unknown local part",
                                             "unknown local-part",
                                             "unknown or illegal alias",
                                             "unknown address",
                                             "unknown account",
                                             "unknown mailbox",
                                             "mailbox unknown",
                                             "mailbox not found",
                                             "mailbox does not exist",
                                             "mailbox doesn't exist",
                                             "mailbox not present",
                                             "mailbox unavailable",
                                             "user not found",
                                             "recipient not found",
                                             "account not found",
                                             "recipient does not exist",
                                             "account that you tried to reach does not exist",
                                             "address does not exist",
                                             "addresses does not exist",
                                             "user does not exist",
                                             "user doesn't exist",
                                             "account does not exist",
                                             "account doesn't exist",
                                             "email account that you tried to reach",
                                             "doesn't have a yahoo",
                                             "doesn't have an account",
                                             "does not have an account",
                                             "not listed in domino directory",
                                             "not listed in public name",
                                             "no mailbox here",
                                             "no mailbox",
                                             "invalid recipient",
                                             "invalid mailbox",
                                             "invalid address",
                                             "invalid user",
                                             "not a valid mailbox",
                                             "not a valid recipient",
                                             "not a known user",
                                             "user invalid",
                                             "addressee unknown",
                                             "addressee_unknown",
                                             "bad destination mailbox",
                                             "bad address",
                                             "is not a registered",
                                             "unrouteable address",
                                             "unroutable address",
                                             "not our customer",
                                             "no one by that name",
                                             "not exist here",
                                             "is unknown",
                                             "recipnotfound",
                                             "no longer valid",
                                             "cannot find user",
                                             "not found in directory",
                                             "user (s) unknown",
                                             "unknown to"};
constexpr std::string_view kUnknownHost[] = {"host unknown",
                                             "unknown host",
                                             "domain not found",
                                             "domain does not exist",
                                             "no such domain",
                                             "host not found",
                                             "unknown domain",
                                             "domain is not valid",
                                             "no mx",
                                             "recipient domain must exist",
                                             "bad destination system",
                                             "unrouteable mail domain",
                                             "unroutable mail domain",
                                             "name service error",
                                             "address resolution failed",
                                             "couldn't find any host",
                                             "host name lookup failure",
                                             "no route to domain",
                                             "not a valid domain",
                                             "does not exist in dns",
                                             "can't find domain",
                                             "illegal host/domain",
                                             "domain must exist",
                                             "couldn't find a mail exchanger",
                                             "does not accept mail",
                                             "doesn't accept mail",
                                             "null mx",
                                             "not accept mail",
                                             "no mail service",
                                             "smtp protocol diagnostic: 556"};
constexpr std::string_view kMoved[] = {"has moved",      "new address",   "address has changed", "has changed to",
                                       "moved to",       "is no longer",  "no longer in use",    "no longer works",
                                       "no longer with", "user has left", "has left the"};

// The refusal answered RCPT TO: it is about the recipient. "User unknown" in answer to DATA is a filter's word for it.
constexpr std::string_view kAfterRcpt[] = {
    "rcpt",          "does not like recipient", "(state 14)",
    "recipnotfound", "rejected recipient",      "recipient address rejected: user unknown in"};
constexpr std::string_view kAfterData[] = {">>> data",     "end of data", "end of mail data",         "reply to data",
                                           "data command", "after data",  "after i sent the message", "(state 17)",
                                           "(state 18)"};

bool says(const std::string& words, std::span<const std::string_view> phrases) {
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return words.find(phrase) != std::string::npos; });
}

bool is_any(std::string_view status, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, status) != list.end();
}

}  // namespace

std::string_view name_of(Decision decision) { return kNames[static_cast<std::size_t>(decision)]; }

std::string status_in(std::string_view text) {
  std::string vague;
  for (std::size_t i = 0; i + 4 < text.size(); ++i) {
    if (text[i] != '2' && text[i] != '4' && text[i] != '5') continue;
    if (i > 0 && (is_digit(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == '-')) continue;
    std::size_t at = i + 1;
    const auto number = [&] {
      if (at >= text.size() || text[at] != '.') return false;
      const std::size_t begin = ++at;
      while (at < text.size() && is_digit(text[at]) && at - begin < 4) ++at;
      return at > begin && at - begin < 4;
    };
    if (!number() || !number()) continue;
    if (at < text.size() && (is_digit(text[at]) || (text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]))))
      continue;  // four numbers: an address of a machine
    const std::string status{text.substr(i, at - i)};
    if (!status.ends_with(".0.0") || status.size() != 5) return status;
    if (vague.empty()) vague = status;
    i = at;
  }
  return vague;
}

int reply_code_in(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if ((text[i] != '4' && text[i] != '5') || !is_digit(text[i + 1]) || !is_digit(text[i + 2])) continue;
    if (text[i + 1] > '7') continue;
    if (i > 0 && std::string_view{" \t\n\r;:<(#'\"[="}.find(text[i - 1]) == std::string_view::npos) continue;
    if (i + 3 < text.size() && std::string_view{" \t\n\r-#<:)]'\""}.find(text[i + 3]) == std::string_view::npos)
      continue;
    return (text[i] - '0') * 100 + (text[i + 1] - '0') * 10 + (text[i + 2] - '0');
  }
  return 0;
}

Decision judge_failure(std::string_view status, int reply_code, std::string_view words) {
  const std::string lower = lower_case(words);
  if (status.empty() && reply_code == 0 && trimmed(lower).empty()) return Decision::other;
  if (status.starts_with("2.")) return Decision::none;
  if (status.starts_with("4.") || (status.empty() && reply_code >= 400 && reply_code < 500)) return Decision::soft;
  const bool nobody = says(lower, kUnknownUser) || says(lower, kUnknownHost) || says(lower, kMoved);
  const bool somebody = says(lower, kSoft);
  const bool after_data = says(lower, kAfterData);
  if (is_any(status, {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"}))
    return says(lower, kSurelyThere) && !nobody ? Decision::soft : Decision::hard;
  if (status == "5.1.351" && says(lower, kUnknownUser) && !after_data) return Decision::hard;
  if (status == "5.2.1" && says(lower, kUnknownUser) && says(lower, kAfterRcpt) && !after_data) return Decision::hard;
  // Microsoft's word for an address that is not in the directory.
  if (status == "5.4.1" && lower.find("recipient address rejected: access denied") != std::string::npos)
    return Decision::hard;
  if (reply_code == 556 || reply_code == 521) return Decision::hard;  // RFC 7504
  const bool vague = status.empty() || status.ends_with(".0.0") || is_any(status, {"5.1.0", "5.2.0", "5.5.0", "5.3.0"});
  if (!vague) return Decision::soft;  // 5.2.x, 5.7.x, …: the address exists as far as they tell
  if (after_data) return Decision::soft;
  const bool no_host = says(lower, kUnknownHost) || says(lower, kMoved);
  if (no_host && !somebody) return Decision::hard;
  if (says(lower, kUnknownUser) && says(lower, kAfterRcpt) && (!somebody || reply_code == 550 || reply_code == 551))
    return Decision::hard;
  return nobody || somebody || !status.empty() || reply_code != 0 ? Decision::soft : Decision::other;
}

}  // namespace act::respond
