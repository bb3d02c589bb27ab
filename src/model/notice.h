#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace model {

enum class NoticeKind : std::uint8_t {
  event,     ///< of one message: accepted, or a ResponseKind's name, in `event`
  inbound,   ///< a customer wrote: `from` and `text`
  agreed,    ///< a customer allowed messages (subscribed, granted a template once)
  withdrew,  ///< a customer forbade them (unfollowed, rejected a template, unsubscribed at the provider)
};

/// One thing a provider told us, verified and read. It names a message by whatever the provider gives back.
struct Notice {
  NoticeKind kind = NoticeKind::event;
  std::string key;          ///< unique within the provider: the same event reported twice is one
  std::string event;        ///< kind event: accepted, delivered, opened, clicked, bounced_hard, bounced_soft, complained, opted_out
  std::string send_key;     ///< one of these three names the message …
  std::string reference;
  std::string provider_id;
  std::string from;         ///< … or the customer's address on the channel (E.164, openid, e-mail) the other kinds come from
  std::string text;         ///< kind inbound: what was written
  std::string subject;      ///< agreed, withdrew: the template or topic concerned; empty = all of the channel
  std::string detail;       ///< the provider's words or error code, without addresses
  std::uint32_t count = 1;  ///< agreed: how many messages one grant allows
  base::Instant at;
};

/// What a provider's call said, and what must be answered.
struct Told {
  std::vector<Notice> notices;
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string reply;           ///< the body of our answer; some providers need their own words back
  std::string confirm_url;     ///< a subscription that is confirmed by calling this address; empty = none
};

}  // namespace model
