#include "act/deliver/situation.h"

#include <algorithm>

#include "act/deliver/consent.h"
#include "base/hash.h"

namespace act::deliver {

using base::Result;

Result<model::Person> person_of(std::string_view customer, port::ActStore& store) {
  WB_ASSIGN(auto person, store.people().find(customer));
  return person ? std::move(*person) : model::Person{.customer_id = std::string{customer}};
}

Result<base::Fact> fact_of(std::string_view name, const model::Person& person, port::ActStore& store) {
  if (name == "less_often") return person.less_often ? 1.0 : 0.0;
  if (name == "not_personalised") return person.not_personalised ? 1.0 : 0.0;
  if (name == "unanswered") return static_cast<double>(person.unanswered);
  constexpr std::string_view kReaches[] = {"by_email", "by_sms", "by_push", "by_wechat"};
  if (std::ranges::find(kReaches, name) == std::end(kReaches)) return base::Fact{};
  const std::string_view channel = name.substr(3);
  WB_ASSIGN(const auto point, store.people().contact(person.customer_id, channel));
  if (!point || point->address.empty() || point->opted_out) return 0.0;
  WB_ASSIGN(const auto suppressed, store.people().suppressed(channel, point->address));
  return suppressed ? 0.0 : 1.0;
}

Result<std::optional<model::ContactPoint>> contact_of(std::string_view customer, std::string_view channel,
                                                      port::ActStore& store) {
  if (channel == "wechat_reply") return store.people().contact(customer, "wechat");  // the same follower, answered
  if (channel != "in_app") return store.people().contact(customer, channel);
  // The language and the name are those of the customer's other points.
  WB_ASSIGN(auto point, store.people().contact(customer, "email"));
  model::ContactPoint own = point.value_or(model::ContactPoint{});
  own.customer_id = customer;
  own.channel = channel;
  own.address = customer;
  own.opted_out = false;
  return own;
}

Result<Ruling> judge_now(const model::Message& message, const model::Person& person,
                         const std::optional<model::ContactPoint>& contact, Score& score, port::ActStore& store,
                         base::Instant now) {
  const model::Manners& manners = score.manners();
  Question question{.purpose = message.purpose,
                    .channel = message.channel,
                    .topic = message.topic,
                    .gives_money = score.traits(message.letter).gives_money,
                    .person = &person,
                    .zone = &score.zone(person),
                    .last_by = message.last_by};
  WB_ASSIGN(const auto consents, store.people().consents(message.customer_id));
  question.consent = in_force(consents, message.channel, message.topic, now, now);
  if (contact) {
    if (contact->opted_out && question.consent != model::ConsentState::granted)
      question.consent = model::ConsentState::withdrawn;
    WB_ASSIGN(const auto suppressed, store.people().suppressed(message.channel, contact->address));
    question.suppressed = suppressed.has_value();
  }
  std::int32_t longest = 0;
  for (const model::Cap& cap : manners.caps) longest = std::max(longest, cap.days);
  std::vector<model::Contact> contacts;
  if (message.purpose == model::Purpose::marketing && longest > 0) {
    WB_ASSIGN(contacts, store.people().contacts(message.customer_id, now - std::chrono::days{longest}, message.ghost,
                                                message.id));
    // At the moment of sending only what went counts; a place held ahead is judged when its own time comes.
    if (message.id != 0) std::erase_if(contacts, [](const model::Contact& c) { return !c.sent; });
  }
  question.contacts = contacts;
  return judge(question, manners, now);
}

std::string send_key(std::string_view workspace, std::int64_t enrolment, std::string_view step, std::uint32_t occurrence,
                     std::string_view channel, std::string_view endpoint) {
  const std::string text = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", workspace, enrolment, step, occurrence, channel, endpoint);
  const base::Digest digest = base::sha256(text);
  return base::to_hex(std::span{digest}.first(16));
}

}  // namespace act::deliver
