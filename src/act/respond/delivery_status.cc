#include "act/respond/report_parts.h"

namespace act::respond {
namespace {

constexpr std::size_t kMostRecipients = 1000;
constexpr std::size_t kMostDiagnostic = 1000;

bool is_vague(std::string_view status) { return status.empty() || status.ends_with(".0.0"); }

/// The line of the human-readable part that speaks of this address, with what follows it.
std::string lines_about(std::string_view text, std::string_view address) {
  if (address.empty()) return {};
  const std::string lower = lower_case(text), wanted = lower_case(address);
  const std::size_t at = lower.find(wanted);
  if (at == std::string::npos) return {};
  std::string_view rest = text.substr(at + wanted.size());
  std::string out;
  for (int i = 0; i < 4 && !rest.empty(); ++i) {
    const std::string_view line = trimmed(next_line(rest));
    if (line.empty() && i > 0) break;
    out += line;
    out += ' ';
  }
  return out;
}

/// The commands of the transcript some servers give.
std::string conversation_in(std::string_view text) {
  std::string out;
  while (!text.empty() && out.size() < 1000) {
    const std::string_view line = trimmed(next_line(text));
    if (!line.starts_with(">>> ")) continue;
    out += ' ';
    out += line;
  }
  return out;
}

void judge(Reported& one, std::string_view human_text, bool from_a_rule) {
  const std::string action = one.action;
  const std::string in_words = status_in(one.diagnostic);
  one.smtp_code = reply_code_in(one.diagnostic);
  std::string words = one.diagnostic;
  // The remote server's own status says more than the one the reporting server made of it.
  if (!is_vague(in_words)) one.status = in_words;
  if (is_vague(one.status)) {
    const std::string more = lines_about(human_text, one.address);
    words += ' ';
    words += more;
    if (one.diagnostic.empty()) one.diagnostic = std::string{trimmed(more)};
    if (const std::string status = status_in(more); !is_vague(status)) one.status = status;
    if (one.smtp_code == 0) one.smtp_code = reply_code_in(more);
  }
  if (action == "delivered" || action == "relayed" || action == "expanded") {
    one.decision = Decision::none;
  } else if (action == "delayed") {
    one.decision = Decision::soft;
  } else {
    // The conversation is told in the human-readable part: which command was refused matters.
    words += ' ';
    words += lines_about(human_text, one.address);
    words += conversation_in(human_text);
    one.decision = judge_failure(one.status, one.smtp_code, words);
    if (one.decision == Decision::hard && from_a_rule) one.decision = Decision::soft;
  }
  if (one.diagnostic.size() > kMostDiagnostic) one.diagnostic.resize(kMostDiagnostic);
}

}  // namespace

std::vector<Reported> read_delivery_status(std::string_view body, std::string_view human_text) {
  std::vector<Reported> all;
  const auto fields = read_fields(body);
  // Amazon's mail receiving reports what a rule of the recipient's administrator decided, in that person's own words.
  const bool from_a_rule = value_of(fields, "reporting-mta").find("inbound-smtp.") != std::string_view::npos;
  Reported one;
  std::string original, final;
  bool begun = false;
  const auto flush = [&] {
    if (begun && all.size() < kMostRecipients && !(original.empty() && final.empty() && one.status.empty())) {
      one.address = original.empty() ? final : original;
      judge(one, human_text, from_a_rule);
      all.push_back(std::move(one));
    }
    one = {};
    original.clear();
    final.clear();
  };
  for (const Field& field : fields) {
    // Groups are told by their fields, not by the blank lines between them: some servers forget those.
    const bool recipient = field.name == "final-recipient" || field.name == "original-recipient";
    if (recipient && ((field.name == "final-recipient" && !final.empty()) ||
                      (field.name == "original-recipient" && (!original.empty() || !one.status.empty()))))
      flush();
    begun = begun || recipient;
    if (field.name == "final-recipient") {
      final = address_in(field.value);
    } else if (field.name == "original-recipient") {
      original = address_in(field.value);
    } else if (field.name == "action") {
      one.action = lower_case(field.value.substr(0, field.value.find_first_of(" (;")));
    } else if (field.name == "status") {
      one.status = status_in(field.value);
    } else if (field.name == "diagnostic-code") {
      const std::size_t semicolon = field.value.find(';');
      const bool typed = semicolon != std::string::npos && semicolon < 12;
      one.diagnostic = std::string{trimmed(std::string_view{field.value}.substr(typed ? semicolon + 1 : 0))};
    }
  }
  flush();
  return all;
}

std::vector<Reported> read_feedback(const std::vector<Field>& feedback, const std::vector<Field>& original) {
  const std::string type = lower_case(trimmed(value_of(feedback, "feedback-type")));
  Reported one;
  if (type.starts_with("opt-out")) {
    one.decision = Decision::unsubscribe;
  } else if (type == "abuse" || type == "fraud" || type == "virus" || type == "miscategorized" || type == "other") {
    one.decision = Decision::complaint;
  }
  std::vector<Reported> all;
  for (const std::string_view name : {"original-rcpt-to", "removal-recipient"}) {
    for (const Field& field : feedback) {
      if (field.name != name || all.size() >= kMostRecipients) continue;
      one.address = address_in(field.value);
      all.push_back(one);
    }
    if (!all.empty()) return all;
  }
  one.address = address_in(value_of(original, "to"));
  all.push_back(one);
  return all;
}

}  // namespace act::respond
