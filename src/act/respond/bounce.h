#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "act/respond/verdict.h"

namespace act::respond {

/// What a report says of one recipient.
struct Reported {
  std::string address;  ///< as the report writes it; empty when it does not say
  Decision decision = Decision::none;
  std::string status;      ///< enhanced status, "5.1.1"; empty when not stated
  std::string action;      ///< RFC 3464: failed, delayed, delivered, relayed, expanded; empty in free form
  int smtp_code = 0;       ///< 0 when not stated
  std::string diagnostic;  ///< the server's words; personal data like the address
};

enum class ReportKind : std::uint8_t {
  none,             ///< no report: a person wrote, or a holiday notice
  delivery_status,  ///< RFC 3464
  feedback,         ///< RFC 5965
  free_form,        ///< a bounce in some server's own words
};

/// A letter that came back to a bounce or feedback address, read.
struct Report {
  ReportKind kind = ReportKind::none;
  std::vector<Reported> recipients;
  std::string message_id;     ///< of our letter, without angle brackets; empty when not found
  std::string reference;      ///< model::Delivery::reference, from the address it came to or from our letter's header
  std::string feedback_type;  ///< RFC 5965, in lower case
};

/// Reads a message of any quality, as the mail server delivered it. What is no report has no recipients, so nobody's
/// state changes. Never fails; time and memory are bounded.
Report read_report(std::string_view message);

}  // namespace act::respond
