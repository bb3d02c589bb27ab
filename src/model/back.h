#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/notice.h"

// What comes back from customers beside responses to one message.

namespace model {

/// An event of a message we do not know yet: it may have overtaken our own commit.
struct EarlyNotice {
  std::string provider;
  std::string channel;
  Notice notice;         ///< kind event
  base::Instant came_at;
};

/// Something a customer said, on its way to the warehouse's feedback (docs/formats.md). The same (customer, feedback_id)
/// again replaces what was said; one without score, reason and text takes it back.
struct Feedback {
  std::int64_t id = 0;          ///< the Store's; grows
  std::string customer_id;
  std::string feedback_id;
  base::Instant said_at;
  std::string kind;             ///< "survey", "nps", "ticket", "call", "reply/sms", …
  std::optional<double> score;
  std::string language;
  std::string order_id;
  std::string reason;           ///< of the taxonomy; empty = to be read from the words
  std::string text;
};

/// A customer asked to answer a survey.
struct SurveyInvitation {
  std::int64_t id = 0;
  std::string survey;
  std::string customer_id;
  std::int64_t message_id = 0;  ///< the letter that carries it; 0 = on the shop's pages
  std::string channel;
  base::Instant invited_at;
  std::optional<base::Instant> opened_at;
  std::optional<base::Instant> started_at;   ///< the first answer
  std::optional<base::Instant> finished_at;  ///< the last page was sent
};

/// How far a customer came with a survey.
enum class SurveyMark : std::uint8_t { opened, started, finished };

/// The answer to one question, replaced when given again.
struct SurveyAnswer {
  std::int64_t invitation_id = 0;
  std::string question;
  std::vector<std::string> choices;    ///< ids
  std::optional<std::int32_t> score;
  std::string text;
  base::Instant at;
};

/// Where an app leads on its first start, for a customer who followed a link without having it.
struct DeferredLink {
  std::int64_t message_id = 0;
  std::string customer_id;
  std::string target;
  base::Instant at;
};

/// A matter a customer waits for. Its words are feedback, not here.
struct Ticket {
  std::string source;     ///< "zendesk", …; empty = the shop's only one
  std::string id;
  std::string customer_id;
  bool open = false;
  bool urgent = false;
  base::Instant at;       ///< when it last changed
};

}  // namespace model
