#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace act::respond {

/// What a report means for one recipient.
enum class Decision : std::uint8_t {
  none,         ///< nothing happened to the letter that matters: delivered, a holiday notice, an authentication report
  hard,         ///< no such mailbox or domain: the address is suppressed
  soft,         ///< this letter was not delivered; the next one may be. Counted
  other,        ///< a bounce, but it does not say of what kind
  complaint,    ///< the reader called it spam: the address is suppressed
  unsubscribe,  ///< the reader asked to be taken off
};
std::string_view name_of(Decision decision);

/// The first enhanced status code (RFC 3463) in the text that says more than "x.0.0"; else the first of those; else
/// empty.
std::string status_in(std::string_view text);

/// The first SMTP reply code of class 4 or 5 in the text that stands where a reply has it; 0 when there is none.
int reply_code_in(std::string_view text);

/// Judges a failed delivery by its status, reply code and the server's words. Words beat a status that many servers use
/// for everything; anything in doubt is soft, because a wrong "hard" silences a customer for good. `other` when there
/// is nothing to judge by.
Decision judge_failure(std::string_view status, int reply_code, std::string_view words);

}  // namespace act::respond
