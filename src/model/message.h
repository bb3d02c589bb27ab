#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace model {

/// What a customer will read, rendered. E-mail uses all three; in-app takes subject as title and text as body; a
/// webhook's JSON body is `text`.
struct Content {
  std::string subject;
  std::string html;
  std::string text;
  std::string language;  ///< BCP 47, of the variant that was rendered
  std::string link;      ///< where a tap leads; empty = nowhere. A text message carries it in `text` already
  std::string template_id;  ///< the provider's own template (text messages in China, WeChat); empty = free text
  std::vector<std::pair<std::string, std::string>> fields;  ///< what that template is filled with, in its order
};

/// Why a message is sent: what it may disturb depends on it.
enum class Purpose : std::uint8_t {
  marketing,      ///< needs consent, counts for every cap, waits for quiet hours
  service,        ///< owed to the customer (a code's receipt, an apology promised): no marketing consent, no caps
  transactional,  ///< asked for by the customer just now: exempt from caps and quiet hours
};
std::string_view name_of(Purpose purpose);
std::optional<Purpose> parse_purpose(std::string_view name);

/// One delivery handed to a channel, after its attempt was committed. Where the provider deduplicates, a replay sends the same
/// bytes.
struct Delivery {
  std::int64_t message_id = 0;   ///< row of the outbox
  std::uint32_t attempt = 0;     ///< fences stale answers
  std::string send_key;          ///< 32 hex digits, the same for every attempt: idempotency key, Message-ID, webhook-id
  std::string reference;         ///< signed, opaque, at most 48 characters of [A-Za-z0-9_-]: for VERP and provider tags
  std::string customer_id;
  std::string address;           ///< e-mail address, telephone number or URL, as the channel needs it
  std::string name;              ///< how the customer is greeted, may be empty
  Purpose purpose = Purpose::marketing;
  Content content;
  std::string unsubscribe_url;   ///< https, for one-click; empty where the purpose needs none
  base::Instant at;              ///< when this attempt began; the Date of a letter
};

enum class OutcomeKind : std::uint8_t {
  accepted,   ///< the provider took responsibility
  rejected,   ///< certainly not taken, and the same call will fail again
  retryable,  ///< certainly not taken: refused, 429, SMTP 4yz before the final dot
  unknown,    ///< it may have been taken
};
std::string_view name_of(OutcomeKind kind);

/// What became of one attempt.
struct Outcome {
  OutcomeKind kind = OutcomeKind::unknown;
  std::string provider_id;                          ///< of an accepted one, when the provider names it
  std::string detail;                               ///< the provider's words, without addresses
  bool address_dead = false;                        ///< with rejected: no such recipient; the address is suppressed
  bool throttled = false;                           ///< with retryable: slower, it is no failure of this message
  std::optional<std::chrono::seconds> retry_after;  ///< the provider's wish
  std::string trouble;  ///< with retryable: no message can go until a person mends this (credentials, an empty account); the sentence shown to them
};

}  // namespace model
