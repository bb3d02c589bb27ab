#include "app/event_identity.h"

#include <gtest/gtest.h>

#include "tests/support/act_rows.h"
#include "tests/support/deliver_world.h"

namespace app {
namespace {

using model::ConsentState;
using tests::kStart;
using tests::must;

class Identity : public tests::DeliverTest {
 protected:
  std::string person(const std::string& id) { return must(store_->events().person_of(id)); }
};

TEST_F(Identity, AVisitorBecomesTheUserTheyTurnOutToBe) {
  EXPECT_TRUE(must(meet_anonymous("u", "anon:a", *store_, kStart)));
  EXPECT_FALSE(must(meet_anonymous("u", "anon:a", *store_, kStart)));
  EXPECT_TRUE(must(meet_anonymous("u", "anon:b", *store_, kStart)));
  EXPECT_EQ(person("anon:a"), "u");
  EXPECT_EQ(person("anon:b"), "u");
  EXPECT_EQ(must(store_->events().ids_of("anon:b")).size(), 3U);
}

TEST_F(Identity, ASharedBrowserMergesNobody) {
  must(meet_anonymous("first", "anon:a", *store_, kStart));
  EXPECT_FALSE(must(meet_anonymous("second", "anon:a", *store_, kStart)));
  must(meet_anonymous("second", "anon:a", *store_, kStart));
  EXPECT_EQ(person("anon:a"), "first");
  EXPECT_EQ(person("second"), "second");
  const auto notes = must(store_->events().notes_of("second"));
  ASSERT_EQ(notes.size(), 1U) << "noted once";
  EXPECT_TRUE(notes[0].person_id.empty());
}

TEST_F(Identity, TheStricterConsentHoldsForBoth) {
  add_customer("a");
  add_customer("b");
  const model::ConsentRecord no{.customer_id = "a", .channel = "email", .topic = "*", .state = ConsentState::withdrawn, .valid_from = kStart, .recorded_at = kStart};
  const model::ConsentRecord yes{.customer_id = "b", .channel = "email", .topic = "*", .state = ConsentState::granted,
                                 .valid_from = kStart + std::chrono::days{1}, .recorded_at = kStart + std::chrono::days{1}};
  must(store_->people().add_consents({&no, 1}));
  must(store_->people().add_consents({&yes, 1}));
  ASSERT_TRUE(must(join_people("b", "a", "alias", *store_, kStart + std::chrono::days{2})));
  const auto said = must(store_->people().consents("b"));
  ASSERT_EQ(said.size(), 2U);
  const auto last = std::ranges::max_element(said, {}, &model::ConsentRecord::valid_from);
  EXPECT_EQ(last->state, ConsentState::withdrawn);
  EXPECT_EQ(last->source, "identity");
}

TEST_F(Identity, OfTwoEntriesTheLaterEnds) {
  const auto first = enrol("a", true, kStart);
  const auto second = enrol("b", false, kStart + std::chrono::hours{1});
  ASSERT_TRUE(must(join_people("b", "a", "alias", *store_, kStart + std::chrono::hours{2})));
  EXPECT_NE(standing(first).state, model::EnrolmentState::finished) << "the first assignment holds";
  EXPECT_EQ(standing(second).state, model::EnrolmentState::finished);
  EXPECT_EQ(standing(second).exit_reason, "joined");
  for (const model::Message& message : messages("b")) EXPECT_NE(message.state, model::MessageState::ready);
}

TEST_F(Identity, OneAddressIsOnePersonUnlessManyShareIt) {
  const auto put = [&](const std::string& id, const std::string& address) {
    const model::ContactPoint point{.customer_id = id, .channel = "email", .address = address};
    must(store_->contacts().put({&point, 1}));
  };
  put("shop-1", "ann@example.com");
  put("app-1", "ann@example.com");
  EXPECT_TRUE(must(join_by_address("app-1", "email", "ann@example.com", *store_, kStart)));
  EXPECT_EQ(person("app-1"), "shop-1") << "who was known first gives the name";
  for (int i = 0; i < 7; ++i) put("n" + std::to_string(i), "info@shop.example");
  EXPECT_FALSE(must(join_by_address("n0", "email", "info@shop.example", *store_, kStart)));
  EXPECT_EQ(person("n1"), "n1");
}

TEST_F(Identity, ErasingOneIdErasesAll) {
  add_customer("a");
  add_customer("b");
  must(join_people("b", "a", "alias", *store_, kStart));
  must(store_->people().erase("b", kStart));
  EXPECT_FALSE(must(store_->people().contact("a", "email")));
  EXPECT_FALSE(must(store_->people().contact("b", "email")));
}

TEST_F(Identity, ChangesAreGivenOnce) {
  must(meet_anonymous("u", "anon:a", *store_, kStart));
  const std::int64_t seen = must(store_->events().identity_changes());
  const auto count = [&](std::int64_t after) {
    std::size_t rows = 0;
    must(store_->events().each_identity(after, [&](std::string_view, std::string_view) -> base::Result<void> {
      ++rows;
      return {};
    }));
    return rows;
  };
  EXPECT_EQ(count(0), 2U);
  EXPECT_EQ(count(seen), 0U);
  must(join_people("v", "u", "alias", *store_, kStart));
  EXPECT_EQ(count(seen), 3U) << "everyone whose person changed";
  EXPECT_EQ(person("anon:a"), "v");
}

}  // namespace
}  // namespace app
