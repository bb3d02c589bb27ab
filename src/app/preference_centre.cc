#include "app/preference_centre.h"

#include <algorithm>

#include "act/deliver/consent.h"
#include "act/deliver/situation.h"
#include "app/journey_yaml.h"

namespace app {

using base::Instant;
using base::Result;
using model::ConsentRecord;
using model::ConsentState;

/// Channels and topics the customer is reached by, and what is in force for each pair.
struct PreferenceCentre::Grid {
  std::vector<std::string> channels;
  std::vector<std::string> topics;
  std::vector<ConsentRecord> statements;
  Instant now;

  ConsentState state(const std::string& channel, const std::string& topic) const {
    return act::deliver::in_force(statements, channel, topic, now, now);
  }
  bool open(const std::string& channel, const std::string& topic) const { return state(channel, topic) != ConsentState::withdrawn; }
  bool topic_on(const std::string& topic) const {
    return std::ranges::any_of(channels, [&](const std::string& channel) { return open(channel, topic); });
  }
  bool channel_on(const std::string& channel) const {
    return std::ranges::any_of(topics, [&](const std::string& topic) { return open(channel, topic); });
  }
};

namespace {

void add_once(std::vector<std::string>& list, const std::string& value) {
  if (!value.empty() && value != "*" && std::ranges::find(list, value) == list.end()) list.push_back(value);
}

std::vector<std::string> ticked(const http::Pairs& form, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [field, value] : form) {
    if (field == name) values.push_back(value);
  }
  return values;
}

bool has(const std::vector<std::string>& list, const std::string& value) { return std::ranges::find(list, value) != list.end(); }

}  // namespace

PreferenceCentre::PreferenceCentre(port::ActStore& store, base::Zone zone, bool offers_non_personalised)
    : store_(store), zone_(std::move(zone)), offers_non_personalised_(offers_non_personalised) {}

Result<PreferenceCentre::Grid> PreferenceCentre::grid(const model::Message& message, Instant now) {
  Grid grid;
  grid.now = now;
  WB_ASSIGN(grid.statements, store_.people().consents(message.customer_id));
  add_once(grid.channels, message.channel);
  for (const char* channel : {"email", "sms", "push", "phone", "wechat"}) {
    WB_ASSIGN(const auto point, store_.people().contact(message.customer_id, channel));
    if (point) add_once(grid.channels, channel);
  }
  add_once(grid.topics, message.topic);
  WB_ASSIGN(const auto campaigns, store_.campaigns().list());
  for (const model::Campaign& campaign : campaigns) add_once(grid.topics, campaign.topic);
  for (const ConsentRecord& said : grid.statements) {
    add_once(grid.topics, said.topic);
    add_once(grid.channels, said.channel);
  }
  return grid;
}

Result<std::string> PreferenceCentre::address(const model::Message& message) {
  WB_ASSIGN(const auto point, store_.people().contact(message.customer_id, message.channel));
  return point ? pages::masked(point->address) : std::string{};
}

Result<pages::Preferences> PreferenceCentre::load(const model::Message& message, text::Language language, Instant now) {
  WB_ASSIGN(const Grid grid, this->grid(message, now));
  WB_ASSIGN(const model::Person person, act::deliver::person_of(message.customer_id, store_));
  pages::Preferences what;
  WB_ASSIGN(what.address, address(message));
  for (const std::string& topic : grid.topics) what.topics.push_back({topic, grid.topic_on(topic)});
  for (const std::string& channel : grid.channels) what.channels.push_back({channel, grid.channel_on(channel)});
  what.stopped = std::ranges::none_of(what.topics, &pages::Choice::on);
  what.less_often = person.less_often;
  if (person.paused_until && *person.paused_until > now) what.paused_until = zone_.local_day(*person.paused_until);
  what.offers_non_personalised = offers_non_personalised_;
  what.not_personalised = person.not_personalised;
  WB_ASSIGN(what.why, why(message, person, language, now));
  return what;
}

Result<pages::Why> PreferenceCentre::why(const model::Message& message, const model::Person& person, text::Language language,
                                         Instant now) {
  pages::Why why;
  const Instant sent = message.attempted_at.value_or(message.created_at);
  why.sent_on = zone_.local_day(sent);
  WB_ASSIGN(const auto version, store_.campaigns().version(message.campaign_id, message.version));
  if (version) {
    if (const auto journey = read_journey(version->source, message.campaign_id); journey) {
      why.journey = journey->title[static_cast<std::size_t>(language)];
    }
  }
  if (why.journey.empty()) {
    WB_ASSIGN(const auto campaign, store_.campaigns().find(message.campaign_id));
    why.journey = campaign ? campaign->journey : message.letter;
  }
  if (person.last_order && *person.last_order < sent) why.last_order = zone_.local_day(*person.last_order);
  WB_ASSIGN(const auto statements, store_.people().consents(message.customer_id));
  const ConsentState state = act::deliver::in_force(statements, message.channel, message.topic, sent, now);
  const ConsentRecord* agreed = nullptr;
  for (const ConsentRecord& said : statements) {
    const bool concerns = (said.channel == "*" || said.channel == message.channel) && (said.topic == "*" || said.topic == message.topic);
    if (!concerns || said.state != ConsentState::granted || said.valid_from > sent) continue;
    if (agreed == nullptr || agreed->valid_from < said.valid_from) agreed = &said;
  }
  if (state == ConsentState::granted && agreed != nullptr) {
    why.agreed_on = zone_.local_day(agreed->valid_from);
    why.agreed_how = agreed->source;
  }
  why.as_customer = state == ConsentState::unknown && person.last_order.has_value();
  if (message.enrolment_id != 0) {
    WB_ASSIGN(const auto enrolment, store_.enrolments().find(message.enrolment_id));
    why.offer = enrolment && !enrolment->code.empty();
  }
  why.not_personalised = person.not_personalised;
  return why;
}

Result<std::vector<std::string>> PreferenceCentre::save(const model::Message& message, const http::Pairs& form, Instant now) {
  std::vector<std::string> left;
  WB_TRY(store_.transact([&]() -> Result<void> {
    left.clear();
    WB_ASSIGN(const Grid grid, this->grid(message, now));
    WB_ASSIGN(model::Person person, act::deliver::person_of(message.customer_id, store_));
    if (http::find(form, "stop") == "all") {
      const ConsentRecord everything{message.customer_id, "*", "*", ConsentState::withdrawn, now, now, "preference centre",
                                     fmt::format("message {}", message.id)};
      left = {"*"};
      WB_TRY(store_.people().add_consents({&everything, 1}));
      return {};
    }
    const std::string_view often = http::find(form, "often").value_or("");
    if (often == "usual" || often == "less") person.less_often = often == "less";
    const std::string_view pause = http::find(form, "pause").value_or("");
    if (pause == "none") person.paused_until.reset();
    if (pause == "30") person.paused_until = now + std::chrono::days{30};
    if (pause == "90") person.paused_until = now + std::chrono::days{90};
    if (offers_non_personalised_) person.not_personalised = http::find(form, "not_personalised") == "yes";
    WB_TRY(store_.people().put({&person, 1}));

    const std::vector<std::string> topics = ticked(form, "topic");
    const std::vector<std::string> channels = ticked(form, "channel");
    std::vector<ConsentRecord> said;
    const auto say = [&](ConsentState state, const std::string& channel, const std::string& topic) {
      said.push_back({message.customer_id, channel, topic, state, now, now, "preference centre", fmt::format("message {}", message.id)});
    };
    for (const std::string& topic : grid.topics) {
      if (has(topics, topic) || !grid.topic_on(topic)) continue;
      say(ConsentState::withdrawn, "*", topic);
      left.push_back(topic);
    }
    for (const std::string& channel : grid.channels) {
      if (!has(channels, channel) && grid.channel_on(channel)) say(ConsentState::withdrawn, channel, "*");
    }
    // A tick grants what had been withdrawn; where two ticks meet, both were set by the customer's own hand.
    for (const std::string& topic : grid.topics) {
      for (const std::string& channel : grid.channels) {
        const bool wanted = has(topics, topic) && has(channels, channel);
        if (wanted && !grid.open(channel, topic)) say(ConsentState::granted, channel, topic);
      }
    }
    WB_TRY(store_.people().add_consents(said));
    WB_ASSIGN(const Grid after, this->grid(message, now));
    if (std::ranges::none_of(after.topics, [&](const std::string& topic) { return after.topic_on(topic); })) left = {"*"};
    return {};
  }));
  return left;
}

}  // namespace app
