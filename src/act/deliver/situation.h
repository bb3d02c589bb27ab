#pragma once

#include <string>
#include <vector>

#include "act/deliver/manners.h"
#include "act/deliver/score.h"
#include "port/act_store.h"

namespace act::deliver {

/// Whether one message may go, as the Store knows it at this moment. Within a transaction the answer holds until its end.
/// `message.id` is left out of the caps; 0 asks for a message that is not there yet, and counts reservations ahead.
base::Result<Ruling> judge_now(const model::Message& message, const model::Person& person,
                               const std::optional<model::ContactPoint>& contact, Score& score, port::ActStore& store,
                               base::Instant now);

/// What the Store knows of a customer that a condition may ask for: unanswered, less_often, not_personalised, by_email, by_sms,
/// by_push, by_wechat, points and tier (as they were last reckoned). Every other name is unknown here. What a text says is kept in `text`,
/// until the next call.
base::Result<base::Fact> fact_of(std::string_view name, const model::Person& person, port::ActStore& store, std::string& text);

/// The customer's row, or an empty one.
base::Result<model::Person> person_of(std::string_view customer, port::ActStore& store);

/// The point a channel reaches; in_app reaches everyone by the customer's own id.
base::Result<std::optional<model::ContactPoint>> contact_of(std::string_view customer, std::string_view channel,
                                                            port::ActStore& store);

/// hash(workspace, enrolment, step, occurrence, channel, endpoint): 32 hex digits.
std::string send_key(std::string_view workspace, std::int64_t enrolment, std::string_view step, std::uint32_t occurrence,
                     std::string_view channel, std::string_view endpoint);

}  // namespace act::deliver
