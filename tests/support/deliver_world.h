#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "tests/support/act_rows.h"
#include "tests/support/act_world.h"

namespace tests {

/// A channel that answers as it was told, one answer a message, and then accepts.
class ToldChannel final : public port::Channel {
 public:
  std::string_view name() const override { return "email"; }
  std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) override {
    std::vector<model::Outcome> outcomes;
    for (const model::Delivery& delivery : deliveries) {
      sent.push_back(delivery);
      model::Outcome outcome{.kind = model::OutcomeKind::accepted, .provider_id = "p"};
      if (!answers.empty()) {
        outcome = answers.front();
        answers.pop_front();
      }
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }
  std::chrono::seconds replay_window() const override { return window; }
  bool needs_grant(const model::Content&) const override { return grants; }
  model::Outcome look_up(const model::Delivery& delivery) override {
    asked.push_back(delivery);
    return known;
  }

  std::deque<model::Outcome> answers;
  std::vector<model::Delivery> sent, asked;
  std::chrono::seconds window{0};
  model::Outcome known;
  bool grants = false;  ///< every message uses one up
};

/// A store in memory with one running campaign, customers who bought once, and everything around sender and conductor.
class DeliverTest : public testing::Test {
 protected:
  DeliverTest() : store_(store_in_memory()), conductor_(*store_, score_) {
    score_.manners_.quiet_from = score_.manners_.quiet_to = 0;
    play(varied_journey());
  }

  /// The campaign's journey from now on.
  void play(model::Journey journey) {
    score_.journey_ = std::move(journey);
    must(store_->campaigns().save(campaign_of(score_.journey_, kStart)));
  }

  void add_customer(const std::string& id) {
    const model::Person person{.customer_id = id, .last_order = kStart - std::chrono::days{100}};
    must(store_->people().put({&person, 1}));
    const model::ContactPoint point{.customer_id = id, .channel = "email", .address = id + "@example.com", .name = id};
    must(store_->contacts().put({&point, 1}));
  }

  /// A letter of no journey to a customer of its own.
  model::Message post(const std::string& key, base::Instant due = kStart) {
    model::Message message = letter(key, due);
    add_customer(message.customer_id);
    must(store_->outbox().add(message));
    return message;
  }

  model::Enrolment enrol(const std::string& customer, bool control = false, base::Instant now = kStart) {
    if (!must(store_->people().find(customer))) add_customer(customer);
    must(conductor_.enrol({.campaign_id = "c1", .customer_id = customer, .control = control, .entered_at = now}, "{}", now));
    return *must(store_->enrolments().last_entry("c1", customer));
  }

  /// Rounds until nothing moves.
  void run(act::deliver::Sender& sender, base::Instant now) {
    for (int i = 0; i < 20 && must(sender.round(now)) > 0; ++i) {}
  }

  model::Message message(std::int64_t id) { return *must(store_->outbox().find(id)); }
  std::vector<model::Message> messages(const std::string& customer) { return must(store_->counts().of_customer(customer)); }
  model::Enrolment standing(const model::Enrolment& e) { return *must(store_->enrolments().find(e.id)); }

  std::unique_ptr<port::ActStore> store_;
  FakeScore score_;
  act::deliver::Conductor conductor_;
  ToldChannel channel_;
};

}  // namespace tests
