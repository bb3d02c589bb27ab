#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/message.h"

namespace model {

enum class CampaignState : std::uint8_t { running, paused, ended };
std::string_view name_of(CampaignState state);

/// A journey that was launched.
struct Campaign {
  std::string id;
  std::string journey;
  CampaignState state = CampaignState::running;
  std::string pause_reason;     ///< why it stands still, for people
  std::uint32_t version = 1;    ///< that new customers enter
  std::string topic;
  std::string plan_id;          ///< empty: it has no plan
  std::uint64_t salt = 0;       ///< of its holdout and splits
  double holdout_share = 0;
  base::Instant launched_at;
};

/// One version of a campaign's journey, as it was launched.
struct CampaignVersion {
  std::string campaign_id;
  std::uint32_t version = 1;
  std::string source;           ///< the YAML
  base::Instant launched_at;
  std::string launched_by;
};

/// A second person's consent to spend.
struct Approval {
  std::string journey;
  std::string checksum;  ///< of the YAML and the plan's id: another text needs another approval
  std::string by;
  double amount = 0;     ///< the most it can cost, as it stood then
  base::Instant at;
};

enum class MessageState : std::uint8_t {
  ready,
  claimed,      ///< a worker has it until its lease ends
  attempting,   ///< bytes frozen; the provider may have them
  accepted,
  rejected,
  unknown,      ///< it may have been taken; being resolved
  unconfirmed,  ///< never resolved; counts as sent, is not sent again
  dropped,      ///< refused by consent, manners or rendering; `detail` says by what
  ghost,        ///< a control's: would have gone now
  cancelled,    ///< the journey ended before it went
};
inline constexpr std::size_t kMessageStates = 10;
std::string_view name_of(MessageState state);

/// One message in the outbox.
struct Message {
  std::int64_t id = 0;
  std::string send_key;
  std::int64_t enrolment_id = 0;
  std::string campaign_id;
  std::uint32_t version = 1;
  std::string customer_id;
  std::string step;
  std::uint32_t occurrence = 1;
  std::string channel;
  std::string letter;        ///< or the URL of a webhook
  std::string topic;
  Purpose purpose = Purpose::marketing;
  bool ghost = false;        ///< of a control
  MessageState state = MessageState::ready;
  base::Instant due_at;
  std::optional<base::Instant> last_by;
  std::uint32_t attempt = 0;
  std::string provider_id;
  std::string detail;
  base::Instant created_at;
  std::optional<base::Instant> attempted_at;
  std::optional<base::Instant> settled_at;
};

/// What came back for a message, or for a customer without one.
enum class ResponseKind : std::uint8_t {
  delivered, opened, clicked, bounced_hard, bounced_soft, complained, opted_out, answered, bought, redeemed
};
inline constexpr std::size_t kResponseKinds = 10;
std::string_view name_of(ResponseKind kind);

struct Response {
  std::string key;            ///< unique: the same event reported twice is one
  ResponseKind kind = ResponseKind::delivered;
  std::int64_t message_id = 0;    ///< 0 = none
  std::int64_t enrolment_id = 0;  ///< 0 = none
  std::string campaign_id;
  std::string customer_id;
  std::string step;
  base::Instant at;
  double human = 1;           ///< probability that a person did it
  std::string detail;
};

enum class CodeState : std::uint8_t { pool, issued, redeemed, expired, revoked };
std::string_view name_of(CodeState state);

/// A personal, single-use code. Money in minor units of the workspace's currency.
struct Code {
  std::string code;
  std::string offer_id;
  std::string campaign_id;
  std::int64_t enrolment_id = 0;
  std::string customer_id;
  CodeState state = CodeState::issued;
  base::Instant issued_at;
  std::optional<base::Instant> ends_at;  ///< the printed end: from this moment on it is dead
  std::int64_t liability = 0;  ///< what it is expected to cost if redeemed
  std::string order_id;
  std::int64_t cost = 0;       ///< what it did cost
  std::optional<base::Instant> redeemed_at;
};

/// What one offer of a campaign may cost, and has.
struct CodeAccount {
  std::string campaign_id;
  std::string offer_id;
  std::optional<std::int64_t> budget;  ///< minor units, of the whole campaign; none = no limit
  std::optional<std::int64_t> stock;   ///< codes left to give
  std::int64_t redeemed = 0;           ///< money
  std::int64_t outstanding = 0;        ///< liability of issued, living codes
  std::uint64_t issued_count = 0;
  std::uint64_t redeemed_count = 0;
};

struct InboxMessage {
  std::int64_t id = 0;
  std::int64_t message_id = 0;
  std::string customer_id;
  Content content;
  base::Instant created_at;
  std::optional<base::Instant> expires_at;
  std::optional<base::Instant> read_at;
};

/// Something a person is asked to do.
struct Task {
  std::int64_t id = 0;
  std::int64_t enrolment_id = 0;
  std::string campaign_id;
  std::string customer_id;
  std::string step;
  std::uint32_t occurrence = 1;
  std::string queue;
  std::string title;
  std::string script;
  base::Instant created_at;
  base::Instant deadline;
  std::optional<base::Instant> done_at;
  std::string outcome;
};

}  // namespace model
