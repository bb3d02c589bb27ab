#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/message.h"

namespace adapter::mail_api {

/// Who writes, as the provider verified it.
struct MailSender {
  std::string address;
  std::string name;      ///< shown beside the address; may be empty
  std::string reply_to;  ///< empty: the address
};

base::Result<void> check_sender(const MailSender& sender);

/// A delivery's address as providers take it (ASCII, A-labels), when the delivery can be a letter at all. The error is the outcome's
/// detail and names no address.
base::Result<std::string> recipient(const model::Delivery& delivery);

/// `"Name" <address>` (RFC 5322); a name that is not ASCII as encoded words (RFC 2047).
std::string mailbox(std::string_view name, std::string_view address);

/// The headers of one-click unsubscription (RFC 8058) as a JSON object's members, or nothing where the delivery needs none.
struct UnsubscribeHeaders {
  std::string link;  ///< List-Unsubscribe: "<https://…>"
  std::string post;  ///< List-Unsubscribe-Post
};
std::optional<UnsubscribeHeaders> unsubscribe_headers(const model::Delivery& delivery);

}  // namespace adapter::mail_api
