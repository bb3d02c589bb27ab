#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/message.h"

namespace adapter::smtp {

/// How far a transaction had come when it ended.
enum class Stage : std::uint8_t {
  connect,  ///< no greeting yet, or TLS, EHLO, AUTH: about us, not about the letter
  mail,
  rcpt,
  data,
  body,  ///< some of the letter was handed over, not all of it
  dot,   ///< all of it was handed over: the final dot may have been sent
};

/// The server's last reply within the transaction (RFC 5321 §4.2): its lines joined by blanks, without the code.
struct Reply {
  int code = 0;  ///< 0: none
  std::string text;
};

/// What a transaction that ended so means. `answered` says that `reply` is the answer to the stage reached; `fault` is
/// the connection's own story where there is none.
model::Outcome judge(Stage stage, bool answered, const Reply& reply, std::string_view fault,
                     std::string_view recipient);

/// "5.1.1" out of "5.1.1 <a@b> user unknown"; empty when the reply does not begin with one (RFC 2034).
std::string enhanced_status(std::string_view text);

/// The text without anything that looks like an address or names the recipient, printable, at most 300 octets.
std::string without_addresses(std::string_view text, std::string_view recipient);

}  // namespace adapter::smtp
