#pragma once

#include <string>

#include "base/error.h"
#include "model/message.h"

namespace adapter::smtp {

/// Who writes, as the operator set it up.
struct Sender {
  std::string name;           ///< shown beside the address; may be empty
  std::string address;        ///< From
  std::string reply_to;       ///< empty: the From address
  std::string list_id;        ///< RFC 2919, like "news.shop.example"; empty: none
  std::string list_name;      ///< shown beside the list id; may be empty
  std::string bounce_domain;  ///< bounces go to bounce+REFERENCE@ this domain; empty: to the From address
};

/// A letter ready to be signed and sent.
struct Letter {
  std::string from;  ///< of the envelope: the address bounces go to
  std::string to;    ///< of the envelope
  bool needs_smtputf8 = false;
  std::string bytes;  ///< header and body, CRLF line ends, no line longer than 998 octets
};

/// Whether the sender's own addresses and names can be used at all; the error names the field.
base::Result<void> check_sender(const Sender& sender);

/// The address bounces of this delivery go to: "bounce+REFERENCE@domain" (VERP), so that a bounce says whose it is.
base::Result<std::string> bounce_address(const Sender& sender, const std::string& reference);

/// Composes the letter (RFC 5322, 2045-2047, 8058). The same delivery gives the same bytes. Anything that could add a
/// header line or a recipient is an `invalid_input` error; errors never repeat the customer's address.
base::Result<Letter> compose(const model::Delivery& delivery, const Sender& sender);

}  // namespace adapter::smtp
