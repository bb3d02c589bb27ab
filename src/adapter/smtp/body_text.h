#pragma once

#include <string>
#include <string_view>

namespace adapter::smtp {

/// The same text with every line end (CR, LF, CRLF) as CRLF, and one at its end.
std::string with_crlf(std::string_view text);

/// A text part as it goes over the wire.
struct EncodedBody {
  std::string_view encoding;  ///< value of Content-Transfer-Encoding
  std::string bytes;  ///< lines of at most 76 characters and their CRLF; never holds "=_" followed by a boundary
};

/// Encodes UTF-8 text with CRLF line ends (RFC 2045 §6): 7bit where nothing on the way could alter it, else
/// quoted-printable or base64, whichever is shorter.
EncodedBody encode_body(std::string_view text);

}  // namespace adapter::smtp
