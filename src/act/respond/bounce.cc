#include "act/respond/bounce.h"

#include "act/respond/report_parts.h"

namespace act::respond {
namespace {

bool is_reference(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// REFERENCE out of "bounce+REFERENCE@…".
std::string reference_in(std::string_view text) {
  constexpr std::string_view kStart = "bounce+";
  for (std::size_t at = text.find(kStart); at != std::string_view::npos; at = text.find(kStart, at + 1)) {
    const std::size_t begin = at + kStart.size();
    std::size_t end = begin;
    while (end < text.size() && end - begin < 48 && is_reference(text[end])) ++end;
    if (end > begin && end < text.size() && text[end] == '@') return std::string{text.substr(begin, end - begin)};
  }
  return {};
}

std::string id_in(std::string_view text) {
  const std::size_t open = text.find('<');
  if (open != std::string_view::npos) {
    const std::size_t close = text.find('>', open);
    return std::string{trimmed(text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1))};
  }
  return std::string{trimmed(text)}.substr(0, 998);
}

void find_letter(Report& report, const std::vector<Field>& original) {
  if (report.message_id.empty()) report.message_id = id_in(value_of(original, "message-id"));
  if (!report.reference.empty()) return;
  report.reference = reference_in(value_of(original, "return-path"));
  if (!report.reference.empty()) return;
  const std::string_view feedback = value_of(original, "feedback-id");
  const std::string_view first = feedback.substr(0, std::min(feedback.find(':'), feedback.size()));
  if (feedback.ends_with(":email:winback") && !first.empty() && std::ranges::all_of(first, is_reference))
    report.reference = first;
}

/// Microsoft's complaints (its Junk Mail Reporting Program) enclose the letter and have no feedback-report part.
bool is_junk_report(const Mail& mail) {
  return lower_case(value_of(mail.fields, "subject")).starts_with("complaint about message from") &&
         lower_case(address_in(value_of(mail.fields, "from"))) == "staff@hotmail.com";
}

std::string type_of_letter(const std::vector<Field>& fields) {
  const std::string_view value = value_of(fields, "content-type");
  return lower_case(trimmed(value.substr(0, std::min(value.find(';'), value.size()))));
}

bool is_text(const Part& part) { return part.type == "text/plain" || part.type == "text/html"; }

/// HTML as text: tags are blanks or line ends, the five entities are undone.
std::string without_tags(std::string_view html) {
  std::string out;
  for (std::size_t i = 0; i < html.size(); ++i) {
    if (html[i] == '<') {
      const std::size_t end = html.find('>', i);
      if (end == std::string_view::npos) break;
      const std::string tag = lower_case(html.substr(i + 1, std::min<std::size_t>(end - i - 1, 3)));
      if (html.substr(i + 1, end - i - 1).find('@') != std::string_view::npos && tag.find(' ') == std::string::npos)
        out += html.substr(i, end - i + 1);  // no tag: <a@b>
      out +=
          tag.starts_with("br") || tag.starts_with("p") || tag.starts_with("/p") || tag.starts_with("tr") ? '\n' : ' ';
      i = end;
    } else if (html[i] == '&') {
      bool done = false;
      for (const auto& [entity, text] : {std::pair<std::string_view, char>{"&lt;", '<'},
                                         {"&gt;", '>'},
                                         {"&amp;", '&'},
                                         {"&quot;", '"'},
                                         {"&#39;", '\''},
                                         {"&nbsp;", ' '},
                                         {"&#64;", '@'}}) {
        if (!html.substr(i).starts_with(entity)) continue;
        out += text;
        i += entity.size() - 1;
        done = true;
        break;
      }
      if (!done) out += '&';
    } else {
      out += html[i];
    }
  }
  return out;
}

}  // namespace

namespace {

Report read_at_depth(std::string_view message, int depth) {
  const Mail mail = read_mail(message);
  Report report;
  for (const std::string_view name : {"x-original-to", "delivered-to", "envelope-to", "to"}) {
    for (const Field& field : mail.fields) {
      if (field.name == name && report.reference.empty()) report.reference = reference_in(field.value);
    }
  }

  std::string human;  // everything a person reads in it
  std::vector<Field> original;
  const Part* status = nullptr;
  const Part* feedback = nullptr;
  const Part* enclosed = nullptr;
  for (const Part& part : mail.parts) {
    if (part.type == "message/delivery-status" || part.type == "message/global-delivery-status") {
      if (status == nullptr) status = &part;
    } else if (part.type == "message/feedback-report") {
      if (feedback == nullptr) feedback = &part;
    } else if (part.type == "message/rfc822" || part.type == "message/global" || part.type == "text/rfc822-headers" ||
               part.type == "message/partial" || part.type == "message/rfc822-headers" ||
               part.type == "message/global-headers") {
      if (original.empty()) {
        enclosed = &part;
        const std::string_view body = part.body;
        original = read_fields(body.substr(0, std::min({body.find("\n\n"), body.find("\r\n\r\n"), body.size()})));
      }
    } else if (is_text(part) && human.size() < 200'000) {
      human += part.type == "text/html" ? without_tags(part.body) : part.body;
      human += '\n';
    }
  }

  if (feedback != nullptr) {
    const auto fields = read_fields(feedback->body);
    report.kind = ReportKind::feedback;
    report.feedback_type = lower_case(trimmed(value_of(fields, "feedback-type")));
    report.recipients = read_feedback(fields, original);
    if (report.reference.empty()) report.reference = reference_in(value_of(fields, "original-mail-from"));
  } else if (enclosed != nullptr && is_junk_report(mail)) {
    report.kind = ReportKind::feedback;
    report.feedback_type = "abuse";
    Reported one;
    one.decision = Decision::complaint;
    one.address = address_in(value_of(original, "x-hmxmroriginalrecipient"));
    if (one.address.empty()) one.address = address_in(value_of(original, "to"));
    report.recipients.push_back(std::move(one));
  } else {
    const auto [text, quoted] = cut_original(human);
    if (status != nullptr) {
      report.recipients = read_delivery_status(status->body, text);
    } else if (lower_case(human.substr(0, 20'000)).find("\nfinal-recipient:") != std::string::npos) {
      report.recipients = read_delivery_status(human, {});  // a relay lost the boundaries
    }
    if (!report.recipients.empty()) report.kind = ReportKind::delivery_status;
    if (report.recipients.empty() && enclosed != nullptr && depth < 2 &&
        type_of_letter(original) == "multipart/report") {
      // Somebody, or a filter, forwarded the report.
      Report inner = read_at_depth(enclosed->body, depth + 1);
      if (inner.reference.empty()) inner.reference = report.reference;
      if (!inner.recipients.empty()) return inner;
    }
    if (report.recipients.empty()) {
      report.recipients = read_free_form(mail, text);
      if (!report.recipients.empty()) report.kind = ReportKind::free_form;
    }
    if (report.kind == ReportKind::free_form && original.empty()) original = read_fields(quoted);
  }
  if (report.kind != ReportKind::none) find_letter(report, original);
  return report;
}

}  // namespace

Report read_report(std::string_view message) { return read_at_depth(message, 0); }

}  // namespace act::respond
