#include "act/deliver/conductor.h"

#include <algorithm>

#include "act/deliver/complaints.h"
#include "act/deliver/crash_points.h"
#include "act/deliver/situation.h"

namespace act::deliver {

using base::Instant;
using base::Result;
using model::Enrolment;
using model::Response;
using model::ResponseKind;

namespace {

std::size_t language_index(std::string_view language) {
  if (language.starts_with("zh-TW") || language.starts_with("zh-Hant") || language.starts_with("zh-HK")) return 2;
  return language.starts_with("zh") ? 1 : 0;
}

/// The language's text, or the first that is written.
const std::string& text_for(const model::Texts& texts, std::string_view language) {
  const std::string& own = texts[language_index(language)];
  if (!own.empty()) return own;
  return *std::ranges::find_if(texts, [&](const std::string& t) { return !t.empty() || &t == &texts.back(); });
}

/// The tag that ends writing to a customer who stayed silent.
constexpr std::string_view kSunset = "sunset";

/// The tag that writes to a customer as seldom as if they had asked for it.
constexpr std::string_view kLessOften = "less_often";

/// Who was not seen for so long does not find what waits in the app or on the site.
constexpr std::chrono::days kComesBy{30};

bool by_a_person(const Response& response) { return response.human >= 0.5; }

}  // namespace

Conductor::Conductor(port::ActStore& store, Score& score, CrashPoint crash)
    : store_(store), score_(score), crash_(std::move(crash)) {}

Result<bool> Conductor::enrol(Enrolment draft, std::string_view facts_json, Instant now) {
  bool entered = false;
  WB_TRY(store_.transact([&]() -> Result<void> {
    WB_ASSIGN(entered, store_.enrolments().add(draft, facts_json));
    if (!entered) return {};
    WB_TRY(advance(draft, journey::Entered{}, now));
    at(point::kEnrolledNotCommitted);
    return {};
  }));
  at(point::kEnrolled);
  return entered;
}

Result<std::size_t> Conductor::wake(Instant now, std::size_t limit) {
  std::size_t moved = 0;
  WB_ASSIGN(const auto campaigns, store_.campaigns().list());
  for (const model::Campaign& campaign : campaigns) {
    if (campaign.state != model::CampaignState::running) continue;
    WB_TRY(store_.transact([&]() -> Result<void> {
      WB_ASSIGN(const auto due, store_.enrolments().due(campaign.id, now, limit));
      for (const Enrolment& enrolment : due) WB_TRY(advance(enrolment, journey::Woken{}, now));
      moved += due.size();
      if (!due.empty()) at(point::kAdvancedNotCommitted);
      return {};
    }));
    at(point::kAdvanced);
  }
  return moved;
}

Result<bool> Conductor::take(const Response& response, Instant now) {
  bool fresh = false;
  WB_TRY(store_.transact([&]() -> Result<void> {
    WB_ASSIGN(fresh, store_.responses().add(response));
    if (!fresh) return {};
    WB_TRY(note(response, now));
    at(point::kResponseNotedNotCommitted);
    return {};
  }));
  at(point::kResponseNoted);
  return fresh;
}

Result<void> Conductor::note(const Response& response, Instant now) {
  const bool life = response.kind == ResponseKind::clicked || response.kind == ResponseKind::answered ||
                    response.kind == ResponseKind::bought || response.kind == ResponseKind::redeemed;
  if ((life || response.kind == ResponseKind::opened) && !by_a_person(response)) return {};

  if (life && !response.customer_id.empty()) {
    WB_ASSIGN(model::Person person, person_of(response.customer_id, store_));
    auto& last = response.kind == ResponseKind::bought ? person.last_order : person.last_click;
    last = std::max(last.value_or(response.at), response.at);
    person.unanswered = 0;
    WB_TRY(store_.people().put({&person, 1}));
  }

  std::string channel = "email";
  std::string topic = "*";
  std::optional<model::Message> message;
  if (response.message_id != 0) {
    WB_ASSIGN(message, store_.outbox().find(response.message_id));
    if (message) channel = message->channel;
  }
  switch (response.kind) {
    case ResponseKind::complained:
    case ResponseKind::bounced_hard: {
      WB_ASSIGN(const auto point, point_reached(response, message));
      if (point) WB_TRY(store_.people().suppress(channel, point->address, model::name_of(response.kind), response.at));
      if (response.kind == ResponseKind::bounced_hard) break;
      [[fallthrough]];
    }
    case ResponseKind::opted_out: {
      // `detail` of an opt-out may name one topic; all others stay as they are.
      if (response.kind == ResponseKind::opted_out && !response.detail.empty()) topic = response.detail;
      const model::ConsentRecord withdrawn{.customer_id = response.customer_id,
                                           .channel = channel,
                                           .topic = topic,
                                           .state = model::ConsentState::withdrawn,
                                           .valid_from = response.at,
                                           .recorded_at = now,
                                           .source = std::string{model::name_of(response.kind)},
                                           .proof = response.key};
      WB_TRY(store_.people().add_consents({&withdrawn, 1}));
      break;
    }
    case ResponseKind::bounced_soft: {
      WB_ASSIGN(const auto point, point_reached(response, message));
      WB_ASSIGN(const bool dead, keeps_bouncing(response, channel));
      if (point && dead) WB_TRY(store_.people().suppress(channel, point->address, model::name_of(response.kind), response.at));
      break;
    }
    default: break;
  }
  if (response.kind == ResponseKind::complained) WB_TRY(pause_on_complaints(response.campaign_id, now));

  // What the customer does concerns all journeys; what is done with one message only its own.
  const bool of_customer = response.kind == ResponseKind::bought || response.kind == ResponseKind::opted_out ||
                           response.kind == ResponseKind::complained || response.kind == ResponseKind::answered;
  WB_ASSIGN(const auto open, store_.enrolments().open_of(response.customer_id));
  for (const Enrolment& enrolment : open) {
    if (!of_customer && enrolment.id != response.enrolment_id) continue;
    if (response.kind == ResponseKind::opted_out && topic != "*") {
      WB_ASSIGN(const auto campaign, store_.campaigns().find(enrolment.campaign_id));
      if (!campaign || campaign->topic != topic) continue;
    }
    WB_TRY(advance(enrolment, journey::Happened{std::string{model::name_of(response.kind)}}, now));
  }
  return {};
}

/// The customer's point on the message's channel; none when it is another one than the message went to.
Result<std::optional<model::ContactPoint>> Conductor::point_reached(const Response& response,
                                                                    const std::optional<model::Message>& message) {
  WB_ASSIGN(auto point, store_.people().contact(response.customer_id, message ? std::string_view{message->channel} : "email"));
  if (!point || !message || message->enrolment_id == 0) return point;
  const std::string key = send_key(store_.workspace_id(), message->enrolment_id, message->step, message->occurrence,
                                   message->channel, point->address);
  if (key != message->send_key) point.reset();
  return point;
}

/// So many letters in a row came back within the time the manners name; one that did not come back breaks the row.
Result<bool> Conductor::keeps_bouncing(const Response& response, std::string_view channel) {
  const model::Manners& manners = score_.manners();
  WB_ASSIGN(const auto messages, store_.counts().of_customer(response.customer_id));
  std::uint32_t bounced = 0;
  std::optional<Instant> last;
  for (auto at = messages.rbegin(); at != messages.rend(); ++at) {
    if (at->channel != channel || at->ghost || !at->attempted_at) continue;
    if (last && *at->attempted_at < *last - std::chrono::days{manners.soft_bounce_days}) break;
    WB_ASSIGN(const auto answers, store_.responses().of_message(at->id));
    if (std::ranges::find(answers, ResponseKind::bounced_soft, &Response::kind) != answers.end()) {
      if (!last) last = at->attempted_at;
      if (++bounced >= manners.soft_bounces) return true;
    } else if (last && at->state == model::MessageState::accepted) {
      break;
    }
  }
  return false;
}

Result<void> Conductor::happened(std::string_view customer, std::string_view event, Instant now) {
  return store_.transact([&]() -> Result<void> {
    WB_ASSIGN(const auto open, store_.enrolments().open_of(customer));
    for (const Enrolment& enrolment : open) WB_TRY(advance(enrolment, journey::Happened{std::string{event}}, now));
    return {};
  });
}

Result<void> Conductor::pause_on_complaints(std::string_view campaign, Instant now) {
  if (campaign.empty()) return {};
  WB_ASSIGN(auto found, store_.campaigns().find(campaign));
  if (!found || found->state != model::CampaignState::running) return {};
  WB_ASSIGN(const auto counts, store_.counts().complaints(campaign, now - kComplaintWindow));
  if (!too_many_complaints(counts.accepted, counts.complained)) return {};
  found->state = model::CampaignState::paused;
  found->pause_reason = fmt::format("{} of {} letters of the last {} days were reported as spam", counts.complained,
                                    counts.accepted, kComplaintWindow.count());
  return store_.campaigns().save(*found);
}

Result<void> Conductor::advance(const Enrolment& enrolment, const journey::Input& input, Instant now) {
  const model::Journey* journey = score_.journey(enrolment.campaign_id, enrolment.version);
  if (journey == nullptr) {
    return base::fail(base::Code::corrupt, "version {} of campaign {} cannot be read any more", enrolment.version,
                      enrolment.campaign_id);
  }
  WB_ASSIGN(const auto campaign, store_.campaigns().find(enrolment.campaign_id));
  WB_ASSIGN(const model::Person person, person_of(enrolment.customer_id, store_));
  WB_ASSIGN(const auto responses, store_.responses().of_enrolment(enrolment.id));
  const base::FactLookup told = score_.facts(enrolment);

  std::string of_fact;
  journey::World world;
  world.zone = &score_.zone(person);
  world.salt = campaign ? campaign->salt : 0;
  world.facts = [&](std::string_view name) -> base::Fact {
    const auto any = [&](ResponseKind kind) {
      return std::ranges::any_of(responses, [kind](const Response& r) { return r.kind == kind && by_a_person(r); }) ? 1.0 : 0.0;
    };
    if (name == "clicked") return any(ResponseKind::clicked);
    if (name == "opened") return any(ResponseKind::opened);
    if (name == "answered") return any(ResponseKind::answered);
    if (name == "orders_since") {
      return static_cast<double>(std::ranges::count(responses, ResponseKind::bought, &Response::kind));
    }
    if (name == "visited") return person.last_click && *person.last_click >= enrolment.entered_at ? 1.0 : 0.0;
    const auto acted = fact_of(name, person, store_, of_fact);
    if (acted && !std::holds_alternative<std::monostate>(*acted)) return *acted;
    return told ? told(name) : base::Fact{};
  };
  world.issue = [&](const std::string& offer) { return issue(offer, enrolment, now); };
  world.would_issue = [&](const std::string& offer) -> std::optional<journey::World::Issued> {
    const auto terms = score_.terms(offer, enrolment, now);
    if (!terms) return std::nullopt;
    return journey::World::Issued{offer, {}, terms->ends_at};
  };
  WB_ASSIGN(const journey::Transition transition, journey::advance(*journey, enrolment, input, world, now));
  WB_TRY(apply(transition, now));
  if (enrolment.state != model::EnrolmentState::sending || transition.next.state != model::EnrolmentState::waiting) return {};
  // What the message brought may have come in before it was settled: a step that waits for it goes on at once.
  for (const Response& response : responses) {
    if (response.step != enrolment.step || !by_a_person(response)) continue;
    WB_ASSIGN(const auto standing, store_.enrolments().find(enrolment.id));
    if (standing) WB_TRY(advance(*standing, journey::Happened{std::string{model::name_of(response.kind)}}, now));
  }
  return {};
}

Result<void> Conductor::apply(const journey::Transition& transition, Instant now) {
  const Enrolment& next = transition.next;
  for (const journey::Effect& effect : transition.effects) {
    if (const auto* message = std::get_if<journey::Send>(&effect)) {
      WB_TRY(send(next, *message, now));
    } else if (const auto* webhook = std::get_if<journey::CallWebhook>(&effect)) {
      WB_TRY(call(next, *webhook, now));
    } else if (const auto* ask = std::get_if<journey::AskPerson>(&effect)) {
      WB_ASSIGN(const auto point, store_.people().contact(next.customer_id, "email"));
      const std::string_view language = point ? std::string_view{point->language} : std::string_view{};
      WB_TRY(store_.inbox().add_task({.enrolment_id = next.id,
                                      .campaign_id = next.campaign_id,
                                      .customer_id = next.customer_id,
                                      .step = ask->step,
                                      .occurrence = ask->occurrence,
                                      .queue = ask->task->queue,
                                      .title = text_for(ask->task->title, language),
                                      .script = text_for(ask->task->script, language),
                                      .created_at = now,
                                      .deadline = now + ask->task->deadline}));
    } else if (const auto* tags = std::get_if<journey::ChangeTags>(&effect)) {
      WB_TRY(store_.inbox().change_tags(next.customer_id, tags->tags->add, tags->tags->remove, now));
      if (std::ranges::find(tags->tags->add, kSunset) != tags->tags->add.end()) WB_TRY(let_go(next, now));
      if (std::ranges::find(tags->tags->add, kLessOften) != tags->tags->add.end()) {
        WB_ASSIGN(model::Person person, person_of(next.customer_id, store_));
        person.less_often = true;
        WB_TRY(store_.people().put({&person, 1}));
      }
    } else if (const auto* finish = std::get_if<journey::Finish>(&effect)) {
      WB_TRY(store_.outbox().cancel(next.id, finish->reason, now));
    }
  }
  return store_.enrolments().save(next);
}

Result<void> Conductor::send(const Enrolment& enrolment, const journey::Send& send, Instant now) {
  const model::Journey* journey = score_.journey(enrolment.campaign_id, enrolment.version);
  model::Message message{.enrolment_id = enrolment.id,
                         .campaign_id = enrolment.campaign_id,
                         .version = enrolment.version,
                         .customer_id = enrolment.customer_id,
                         .step = send.step,
                         .occurrence = send.occurrence,
                         .letter = send.message->letter,
                         .topic = journey->topic,
                         .purpose = send.message->purpose,
                         .ghost = enrolment.control,
                         .due_at = now,
                         .last_by = now + send.message->valid_for,
                         .created_at = now};
  // A letter about an offer is of no use after the printed end.
  if (score_.traits(message.letter).uses_offer && enrolment.code_ends)
    message.last_by = std::min(*message.last_by, *enrolment.code_ends);
  WB_ASSIGN(const model::Person person, person_of(enrolment.customer_id, store_));
  WB_ASSIGN(const auto channels, channels_for(message, *send.message, person, now));
  std::optional<model::Message> first;  // where none may be used: the reason of the first that has an address is shown
  bool has_address = false;
  for (const std::string& channel : channels) {
    message.channel = channel;
    WB_ASSIGN(const auto contact, contact_of(enrolment.customer_id, channel, store_));
    message.send_key = send_key(store_.workspace_id(), enrolment.id, send.step, send.occurrence, channel,
                                contact ? contact->address : std::string_view{});
    WB_ASSIGN(const Ruling ruling, judge_now(message, person, contact, score_, store_, now));
    const bool reaches = contact && !contact->address.empty();
    if (!first || (reaches && !has_address)) first = message;
    has_address = has_address || reaches;
    if (ruling.refusal != Refusal::none || (!reaches && channels.size() > 1)) continue;
    message.due_at = std::max(now, ruling.at);
    first = message;
    break;
  }
  WB_TRY(store_.outbox().add(*first));
  return {};
}

/// The channels a message may go by, the one to try first in front; never none.
Result<std::vector<std::string>> Conductor::channels_for(const model::Message& message, const model::MessageStep& step,
                                                          const model::Person& person, Instant now) {
  const auto best = std::ranges::find(step.channels, model::kBestChannel);
  if (step.channels.size() == 1 && best == step.channels.end()) return step.channels;
  const LetterTraits traits = score_.traits(message.letter);
  std::vector<std::string> channels;
  const auto offer = [&](const std::string& channel) {
    const bool set_up = std::ranges::find(score_.channels(), channel) != score_.channels().end();
    const bool barred = message.purpose == model::Purpose::marketing &&
                        std::ranges::find(score_.habits().service_only, channel) != score_.habits().service_only.end();
    const bool fits = !barred && (channel == "email" || traits.is_short);
    if (set_up && fits && std::ranges::find(channels, channel) == channels.end()) channels.push_back(channel);
  };
  for (const std::string& channel : step.channels) {
    if (channel != model::kBestChannel) offer(channel);
    else for (const std::string& one : score_.channels()) offer(one);
  }
  if (channels.empty()) return std::vector<std::string>{best == step.channels.end() ? step.channels.front() : "email"};
  WB_ASSIGN(const auto sent, store_.counts().of_customer(message.customer_id));
  std::vector<PastMessage> past;
  for (const model::Message& one : sent) {
    if (one.state != model::MessageState::accepted || std::ranges::find(channels, one.channel) == channels.end()) continue;
    WB_ASSIGN(const auto answers, store_.responses().of_message(one.id));
    past.push_back({one.channel, std::ranges::any_of(answers, [](const Response& r) {
                      return (r.kind == ResponseKind::clicked || r.kind == ResponseKind::answered) && by_a_person(r);
                    })});
  }
  auto order = in_order(std::move(channels), past, score_.habits(), best != step.channels.end());
  if (best != step.channels.end() && !(person.last_click && now - *person.last_click < kComesBy)) {
    std::ranges::stable_partition(order, [](const std::string& one) { return one != "in_app"; });
  }
  return order;
}

/// The good-bye said that the address is taken off the list, and so it is: until the customer says otherwise.
Result<void> Conductor::let_go(const Enrolment& enrolment, Instant now) {
  const model::Journey* journey = score_.journey(enrolment.campaign_id, enrolment.version);
  const model::ConsentRecord off{.customer_id = enrolment.customer_id,
                                 .channel = "email",
                                 .topic = journey->topic,
                                 .state = model::ConsentState::withdrawn,
                                 .valid_from = now,
                                 .recorded_at = now,
                                 .source = std::string{kSunset},
                                 .proof = fmt::format("enrolment {}", enrolment.id)};
  WB_TRY(store_.people().add_consents({&off, 1}));
  return {};
}

Result<void> Conductor::call(const Enrolment& enrolment, const journey::CallWebhook& call, Instant now) {
  model::Message message{.enrolment_id = enrolment.id,
                         .campaign_id = enrolment.campaign_id,
                         .version = enrolment.version,
                         .customer_id = enrolment.customer_id,
                         .step = call.step,
                         .occurrence = call.occurrence,
                         .channel = "webhook",
                         .letter = call.url,
                         .purpose = model::Purpose::transactional,
                         .due_at = now,
                         .created_at = now};
  message.send_key = send_key(store_.workspace_id(), enrolment.id, call.step, call.occurrence, message.channel, call.url);
  WB_TRY(store_.outbox().add(message));
  return {};
}

Result<bool> Conductor::post(model::Message message, Instant now) {
  message.created_at = now;
  message.due_at = now;
  return store_.outbox().add(message);
}

Result<std::optional<journey::World::Issued>> Conductor::issue(const std::string& offer, const Enrolment& enrolment,
                                                               Instant now) {
  const auto terms = score_.terms(offer, enrolment, now);
  if (!terms) return std::optional<journey::World::Issued>{};
  WB_ASSIGN(const auto code, store_.codes().issue({.code = terms->code,
                                                   .offer_id = offer,
                                                   .campaign_id = enrolment.campaign_id,
                                                   .enrolment_id = enrolment.id,
                                                   .customer_id = enrolment.customer_id,
                                                   .issued_at = now,
                                                   .ends_at = terms->ends_at,
                                                   .liability = terms->liability}));
  if (!code) return std::optional<journey::World::Issued>{};
  return std::optional{journey::World::Issued{offer, code->code, code->ends_at}};
}

}  // namespace act::deliver
