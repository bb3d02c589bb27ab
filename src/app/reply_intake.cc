#include "app/reply_intake.h"

#include <algorithm>

#include "base/words.h"

namespace app {

using act::respond::Reply;
using act::respond::ReplyKind;
using base::Instant;
using base::Result;
using model::ConsentState;
using text::Word;

namespace {

constexpr std::chrono::hours kUrgent{4}, kUsual{48};
constexpr std::chrono::days kAnswersFor{30};  ///< a reply without a reference answers the last message of so long

/// The last message of the channel that reached the customer lately.
Result<std::optional<model::Message>> last_message(std::string_view customer, std::string_view channel, port::ActStore& store, Instant at) {
  WB_ASSIGN(const auto messages, store.counts().of_customer(customer));
  for (auto one = messages.rbegin(); one != messages.rend(); ++one) {
    const bool went = !one->ghost && one->attempted_at && *one->attempted_at <= at && *one->attempted_at >= at - kAnswersFor;
    if (went && one->channel == channel) return std::optional{*one};
  }
  return std::optional<model::Message>{};
}

model::Response response_of(std::string key, model::ResponseKind kind, std::string_view customer, const std::optional<model::Message>& message, Instant at) {
  model::Response response{.key = std::move(key), .kind = kind, .customer_id = std::string{customer}, .at = at};
  if (message) {
    response.message_id = message->id;
    response.enrolment_id = message->enrolment_id;
    response.campaign_id = message->campaign_id;
    response.step = message->step;
  }
  return response;
}

Word title_of(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::complaint: return Word::back_task_complaint;
    case ReplyKind::question: return Word::back_task_question;
    case ReplyKind::help: return Word::back_task_help;
    default: return Word::back_task_unsure;
  }
}

bool needs_a_person(const Reply& read) {
  return read.urgent || read.kind == ReplyKind::complaint || read.kind == ReplyKind::question || read.kind == ReplyKind::help || read.kind == ReplyKind::unsure;
}

Result<bool> take_from(const IncomingReply& reply, const std::string& customer, const Reply& read, const ReplyTools& tools, Instant now) {
  auto message = reply.message;
  if (!message) {
    WB_ASSIGN(message, last_message(customer, reply.channel, tools.store, reply.at));
  }
  const std::string key = fmt::format("reply/{}/{}", reply.key, customer);
  const std::string source = "reply/" + reply.channel;
  bool fresh = false;
  if (read.kind == ReplyKind::stop) {
    if (message) {
      // Told as an opt-out of that message, so that it counts against its campaign.
      WB_ASSIGN(fresh, tools.conductor.take(response_of(key, model::ResponseKind::opted_out, customer, message, reply.at), now));
    }
    const model::ConsentRecord withdrawn{customer, reply.channel, "*", ConsentState::withdrawn, reply.at, now, source, reply.key};
    if (message) {
      WB_TRY(tools.store.people().add_consents({&withdrawn, 1}));
    } else {
      WB_ASSIGN(fresh, note_consent(withdrawn, tools, now));
    }
  } else {
    WB_ASSIGN(fresh, tools.conductor.take(response_of(key, model::ResponseKind::answered, customer, message, reply.at), now));
  }
  if (!fresh) return false;
  if (read.kind == ReplyKind::start) {
    const model::ConsentRecord granted{customer, reply.channel, "*", ConsentState::granted, reply.at, now, source, reply.key};
    WB_TRY(tools.store.people().add_consents({&granted, 1}));
  }
  if (needs_a_person(read)) {
    const std::string_view queue = read.urgent ? "urgent" : read.kind == ReplyKind::complaint || read.kind == ReplyKind::unsure ? "care" : "support";
    WB_TRY(ask_people({.key = key,
                       .queue = std::string{queue},
                       .customer_id = customer,
                       .campaign_id = message ? message->campaign_id : std::string{},
                       .title = text::say(tools.language, title_of(read.kind), fmt::arg("channel", reply.channel)),
                       .script = read.words.empty() ? reply.text.subject : read.words},
                      tools.store, now));
  }
  // A keyword is no opinion.
  if (!read.keyword && !read.words.empty()) {
    WB_TRY(tools.store.back().say({.customer_id = customer, .feedback_id = key, .said_at = reply.at, .kind = source, .text = read.words}));
  }
  return true;
}

}  // namespace

Result<void> ask_people(const CareTask& task, port::ActStore& store, Instant now) {
  return store.inbox().add_task({.campaign_id = task.campaign_id,
                                 .customer_id = task.customer_id,
                                 .step = task.key,
                                 .queue = task.queue,
                                 .title = task.title,
                                 .script = task.script,
                                 .created_at = now,
                                 .deadline = now + (task.queue == "urgent" ? kUrgent : kUsual)});
}

Result<std::vector<std::string>> customers_at(std::string_view channel, std::string_view address, port::ActStore& store) {
  WB_ASSIGN(auto customers, store.people().customers_of(channel, address));
  // Telephone numbers are kept once, whatever is sent to them.
  if (channel == "sms" || channel == "whatsapp") {
    WB_ASSIGN(const auto callers, store.people().customers_of("phone", address));
    for (const std::string& one : callers) {
      if (std::ranges::find(customers, one) == customers.end()) customers.push_back(one);
    }
  }
  return customers;
}

Result<bool> note_consent(const model::ConsentRecord& record, const ReplyTools& tools, Instant now) {
  WB_ASSIGN(const std::uint64_t added, tools.store.people().add_consents({&record, 1}));
  if (added == 0) return false;
  if (record.state != ConsentState::withdrawn) return true;
  if (record.topic == "*") {
    WB_TRY(tools.conductor.happened(record.customer_id, "opted_out", now));
    return true;
  }
  // One topic only: a campaign of another one goes on.
  WB_ASSIGN(const auto open, tools.store.enrolments().open_of(record.customer_id));
  for (const model::Enrolment& enrolment : open) {
    WB_ASSIGN(const auto campaign, tools.store.campaigns().find(enrolment.campaign_id));
    if (campaign && campaign->topic == record.topic) {
      WB_TRY(tools.conductor.happened(record.customer_id, "opted_out", now));
      break;
    }
  }
  return true;
}

Result<TakenReply> take_reply(const IncomingReply& reply, const ReplyTools& tools, Instant now) {
  TakenReply taken{.fate = TakenReply::Fate::known, .read = act::respond::read_reply(reply.text, tools.rules)};
  if (taken.read.kind == ReplyKind::auto_reply) {
    taken.fate = TakenReply::Fate::taken;
    return taken;
  }
  std::vector<std::string> customers;
  if (reply.message) {
    customers.push_back(reply.message->customer_id);
  } else {
    WB_ASSIGN(customers, customers_at(reply.channel, reply.from, tools.store));
  }
  if (customers.empty()) {
    taken.fate = TakenReply::Fate::stranger;
    if (taken.read.kind == ReplyKind::stop && !reply.from.empty()) WB_TRY(tools.store.people().suppress(reply.channel, reply.from, "opted_out", now));
    return taken;
  }
  for (const std::string& customer : customers) {
    WB_ASSIGN(const bool fresh, take_from(reply, customer, taken.read, tools, now));
    if (fresh) taken.fate = TakenReply::Fate::taken;
  }
  return taken;
}

}  // namespace app
