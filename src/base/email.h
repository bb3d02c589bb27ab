#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

/// An e-mail address letters can be sent to: a dot-atom (RFC 5321 §4.1.2, with RFC 6531's non-ASCII letters) before the
/// @, a domain name with at least two labels after it. Nothing in it needs quoting in RCPT TO or in a To: header.
struct EmailAddress {
  std::string local;            ///< as written, Unicode in form C; at most 64 octets
  std::string domain;           ///< A-labels in lower case (RFC 5890); at most 253 octets
  bool needs_smtputf8 = false;  ///< the local part is not ASCII: only servers that offer SMTPUTF8 take it

  /// "local@domain", for the envelope and the header.
  std::string text() const;

  /// The form that says whether two addresses are one mailbox: the local part in lower case too.
  std::string normal() const;
};

/// Reads one address by syntax alone; nobody is asked whether it exists. Exotic forms that are legal but that no
/// customer has (quoted strings, comments, address literals, bare top-level domains) are refused like wrong ones. The
/// error says which part is wrong, without repeating the address. Safe from any thread.
Result<EmailAddress> parse_email(std::string_view text);

/// A domain name as the DNS knows it: A-labels in lower case, at least two labels, the last one not a number. Names in
/// any script are converted (UTS 46, non-transitional).
Result<std::string> parse_domain(std::string_view text);

}  // namespace base
