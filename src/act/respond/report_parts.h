#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "act/respond/bounce.h"
#include "act/respond/mime_read.h"

namespace act::respond {

/// The address in "rfc822; a@b", "<a@b> (words)", "Name <a@b>" or "a@b"; empty when there is none.
std::string address_in(std::string_view text);

/// Every address in a piece of free text, in order, each once.
std::vector<std::string> addresses_in(std::string_view text);

/// The recipients of a message/delivery-status part (RFC 3464 §2), with what the human-readable part says of those
/// that it leaves vague.
std::vector<Reported> read_delivery_status(std::string_view body, std::string_view human_text);

/// The recipients of a message/feedback-report part (RFC 5965 §3); `original` is the letter complained about.
std::vector<Reported> read_feedback(const std::vector<Field>& feedback, const std::vector<Field>& original);

/// The recipients a bounce in a server's own words names. `text` ends where the copy of our letter begins.
std::vector<Reported> read_free_form(const Mail& mail, std::string_view text);

/// The text up to where a server begins to quote the letter; the rest is that letter.
std::pair<std::string_view, std::string_view> cut_original(std::string_view text);

}  // namespace act::respond
