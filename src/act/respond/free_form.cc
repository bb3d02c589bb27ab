#include "act/respond/report_parts.h"

namespace act::respond {
namespace {

constexpr std::string_view kOriginalMarks[] = {"--- below this line is a copy",
                                               "--- this is a copy",
                                               "--- the original message",
                                               "--- undelivered message",
                                               "--- original message",
                                               "--- returned message",
                                               "--- enclosed is",
                                               "----- message header",
                                               "--- message header",
                                               "below is a copy of the",
                                               "original message follows",
                                               "original message below",
                                               "the original message was",
                                               "your message follows",
                                               "message header follows",
                                               "message contents follow",
                                               "--- unsent message below",
                                               "----- forwarded message",
                                               "the header of the message",
                                               "following is the original",
                                               "your original message",
                                               "content-description: undelivered",
                                               "- original mail",
                                               "the following is a copy"};

constexpr std::string_view kSenders[] = {"mailer-daemon",      "postmaster",         "mail delivery", "mailerdaemon",
                                         "mail-daemon",        "mail system",        "maildelivery",  "bounce",
                                         "mail administrator", "delivery subsystem", "mail router",   "mdaemon"};
constexpr std::string_view kSubjects[] = {"undeliver",
                                          "delivery status",
                                          "delivery fail",
                                          "failure notice",
                                          "returned mail",
                                          "mail delivery",
                                          "delivery notif",
                                          "delivery error",
                                          "returned to sender",
                                          "non delivery",
                                          "nondelivery",
                                          "could not be delivered",
                                          "not deliver",
                                          "delivery problem",
                                          "mail failure",
                                          "delayed mail",
                                          "message status",
                                          "error mail",
                                          "user unknown",
                                          "unable to deliver",
                                          "failure delivery",
                                          "mail error",
                                          "not yet been delivered",
                                          "warning: message",
                                          "could not send",
                                          "rejected",
                                          "delivery report",
                                          "permanent delivery failure"};

/// Words that make a letter a bounce even when nothing else does.
constexpr std::string_view kBodies[] = {"could not be delivered",
                                        "couldn't be delivered",
                                        "was not delivered",
                                        "undeliverable",
                                        "unable to deliver",
                                        "delivery failed",
                                        "delivery to the following",
                                        "failed permanently",
                                        "permanent error",
                                        "permanent fatal errors",
                                        "could not deliver",
                                        "not be delivered",
                                        "cannot be delivered",
                                        "returned to sender",
                                        "returned to you",
                                        "failed recipient",
                                        "delivery error",
                                        "user unknown",
                                        "unknown user",
                                        "no such user",
                                        "unable to relay",
                                        "delivery has failed",
                                        "wasn't able to deliver",
                                        "can not be delivered",
                                        "message delivery failed",
                                        "has not been delivered",
                                        "not yet been delivered",
                                        "mail delivery problem",
                                        "not able to deliver"};

template <std::size_t Count>
bool says(const std::string& text, const std::string_view (&phrases)[Count]) {
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return text.find(phrase) != std::string::npos; });
}

bool is_machine(std::string_view address) {
  const std::string lower = lower_case(address);
  return lower.starts_with("mailer-daemon") || lower.starts_with("postmaster") || lower.starts_with("abuse@");
}

/// An automatic answer of a person, not of a server (RFC 3834).
bool is_holiday_notice(const Mail& mail, const std::string& subject) {
  const std::string submitted = lower_case(value_of(mail.fields, "auto-submitted"));
  const bool replied =
      submitted.starts_with("auto-replied") || lower_case(value_of(mail.fields, "precedence")) == "auto_reply" ||
      !value_of(mail.fields, "x-autoreply").empty() || !value_of(mail.fields, "x-auto-response-suppress").empty();
  return subject.starts_with("auto:") || subject.starts_with("auto response") ||
         subject.starts_with("automatic reply") || subject.starts_with("out of office") ||
         subject.starts_with("out of the office") || subject.starts_with("autoreply") ||
         (replied && !says(subject, kSubjects));
}

bool is_bounce(const Mail& mail, const std::string& text) {
  const std::string from = lower_case(value_of(mail.fields, "from"));
  const std::string subject = lower_case(plain_header(value_of(mail.fields, "subject")));
  if (!value_of(mail.fields, "x-failed-recipients").empty()) return true;
  if (!says(from, kSenders) && is_holiday_notice(mail, subject)) return false;
  const bool machine = says(from, kSenders) || trimmed(value_of(mail.fields, "return-path")) == "<>";
  const bool about = says(subject, kSubjects) || mail.type == "multipart/report";
  return (machine && (about || says(text, kBodies))) || (about && says(text, kBodies));
}

/// The lines from one address on, up to the next address or a few lines.
std::string words_about(std::string_view text, std::string_view address) {
  const std::size_t at = text.find(address);
  if (at == std::string_view::npos) return {};
  const std::size_t line = text.rfind('\n', at);
  std::string_view rest = text.substr(line == std::string_view::npos ? 0 : line + 1);
  std::string out;
  for (int i = 0; i < 8 && !rest.empty(); ++i) {
    const std::string_view next = next_line(rest);
    if (i > 0 && next.find('@') != std::string_view::npos && next.find(address) == std::string_view::npos &&
        next.find(' ') == std::string_view::npos)
      break;
    out += trimmed(next);
    out += ' ';
  }
  return out;
}

}  // namespace

std::pair<std::string_view, std::string_view> cut_original(std::string_view text) {
  std::string_view rest = text;
  bool first = true;
  while (!rest.empty()) {
    const std::string_view line = next_line(rest);
    const std::string lower = lower_case(line.substr(0, 200));
    const bool header = lower.starts_with("received: ") || lower.starts_with("return-path: ") ||
                        lower.starts_with("message-id: ") || lower.starts_with("x-mailer: ");
    if ((says(lower, kOriginalMarks) && !(first || lower.find("was received") != std::string::npos)) || header) {
      const std::size_t at = static_cast<std::size_t>(line.data() - text.data());
      return {text.substr(0, at), text.substr(at)};
    }
    first = false;
  }
  return {text, {}};
}

std::vector<Reported> read_free_form(const Mail& mail, std::string_view text) {
  const std::string lower = lower_case(text);
  if (!is_bounce(mail, lower)) return {};
  std::vector<std::string> addresses = addresses_in(value_of(mail.fields, "x-failed-recipients"));
  const bool told = !addresses.empty();
  if (!told) {
    // Those the report came from, went to or speaks as are not who it is about.
    std::vector<std::string> own;
    for (const Field& field : mail.fields) {
      if (field.name != "to" && field.name != "from" && field.name != "delivered-to" && field.name != "cc" &&
          field.name != "reply-to" && field.name != "return-path" && field.name != "message-id")
        continue;
      for (std::string& address : addresses_in(field.value)) own.push_back(lower_case(address));
    }
    for (std::string& address : addresses_in(text)) {
      const std::string plain = lower_case(address);
      if (!is_machine(plain) && std::ranges::find(own, plain) == own.end()) addresses.push_back(std::move(address));
    }
    if (addresses.empty()) {  // it may be about the one it went to: a letter to oneself
      for (std::string& address : addresses_in(text)) {
        if (!is_machine(address)) addresses.push_back(std::move(address));
      }
    }
    if (addresses.size() > 20) addresses.resize(20);
  }
  std::vector<Reported> all;
  bool any_with_words = false;
  for (std::string& address : addresses) {
    Reported one;
    // Of one address the whole text speaks; of several each needs words of its own.
    const std::string words = addresses.size() == 1 ? std::string{text.substr(0, 8000)} : words_about(text, address);
    one.status = status_in(words);
    one.smtp_code = reply_code_in(words);
    one.decision = judge_failure(one.status, one.smtp_code, words);
    one.diagnostic = std::string{trimmed(words)}.substr(0, 1000);
    one.address = std::move(address);
    any_with_words = any_with_words || one.decision != Decision::other;
    all.push_back(std::move(one));
  }
  if (addresses.size() > 1 && !any_with_words) {
    // A list of addresses with one reason for all: which of them it fits is a guess, so nobody is silenced by it.
    const std::string status = status_in(text);
    for (Reported& one : all) {
      one.status = status;
      one.smtp_code = reply_code_in(text);
      const Decision decision = judge_failure(status, one.smtp_code, text.substr(0, 8000));
      one.decision = decision == Decision::hard ? Decision::soft : decision;
    }
  } else if (!told && addresses.size() > 1) {
    std::erase_if(all, [](const Reported& one) { return one.decision == Decision::other; });
  }
  return all;
}

}  // namespace act::respond
