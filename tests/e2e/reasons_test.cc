// Why customers left, in a shop whose truth is known: what texts are about, and each customer's reason. The phrases of the
// simulated shop were written without the seeds, and the seeds without them.
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/reasons_yaml.h"
#include "app/world_yaml.h"
#include "collect/table.h"
#include "simulate/shop.h"
#include "tests/support/program.h"
#include "understand/reasons/topics.h"

namespace {

using testing::HasSubstr;
using testing::Not;
using tests::Ran;

constexpr std::uint64_t kSeed = 11;
constexpr std::uint64_t kCustomers = 4000;

using Row = std::map<std::string, std::string>;

std::vector<Row> read_csv(const std::filesystem::path& file) {
  std::vector<Row> rows;
  auto table = collect::Table::open(file.string(), {}, nullptr);
  EXPECT_TRUE(table) << table.error().message;
  if (!table) return rows;
  const auto done = table->read([&](const collect::RowBatch& batch) -> base::Result<bool> {
    for (std::size_t r = 0; r < batch.rows(); ++r) {
      Row& row = rows.emplace_back();
      for (std::size_t c = 0; c < batch.width; ++c) row[table->heading()[c]] = batch.row(r)[c];
    }
    return true;
  });
  EXPECT_TRUE(done);
  return rows;
}

/// The taxonomy's name for the simulator's.
std::string ours(const std::string& theirs) {
  if (theirs == "nothing_new") return "content_used_up";
  if (theirs == "need_ended") return "need_gone";
  return theirs;
}

using Matrix = std::map<std::string, std::map<std::string, int>>;

void print(const char* title, const Matrix& matrix) {
  std::set<std::string> columns;
  for (const auto& [truth, row] : matrix) {
    for (const auto& [said, n] : row) columns.insert(said);
  }
  std::printf("%s (rows: truth)\n%-18s", title, "");
  for (const auto& one : columns) std::printf(" %8.8s", one.c_str());
  std::printf("\n");
  for (const auto& [truth, row] : matrix) {
    std::printf("%-18s", truth.c_str());
    for (const auto& one : columns) std::printf(" %8d", row.contains(one) ? row.at(one) : 0);
    std::printf("\n");
  }
}

TEST(Reasons, OfASimulatedShopAreRecovered) {
  const tests::Program winback;
  ASSERT_EQ(winback({"simulate", "--customers", std::to_string(kCustomers), "--seed", std::to_string(kSeed), "--out", "shop"}).status, 0);
  const auto shop = winback.here() / "shop";

  // What texts are about, from the seed sentences alone.
  const auto rules = app::load_reason_rules(winback.data());
  ASSERT_TRUE(rules) << rules.error().message;
  const auto names = understand::reasons::TopicNames::of(*rules, "shop");
  const auto topics = understand::reasons::Topics::learn(*rules, names, {});
  ASSERT_TRUE(topics) << topics.error().message;
  std::map<std::string, std::string> topic_of;
  for (const Row& row : read_csv(shop / "truth" / "feedback_topics.csv")) topic_of[row.at("feedback_id")] = ours(row.at("topic"));
  std::map<std::string, std::pair<int, int>> by_language;
  Matrix texts;
  int complaints = 0, complaints_right = 0;
  std::set<std::string> wrote;
  for (const Row& row : read_csv(shop / "feedback.csv")) {
    const std::vector<double> about = topics->about(row.at("text"));
    const std::string verdict = names.id[static_cast<std::size_t>(std::ranges::max_element(about) - about.begin())];
    auto& [right, all] = by_language[row.at("language")];
    right += verdict == topic_of.at(row.at("feedback_id")) ? 1 : 0;
    ++all;
    if (topic_of.at(row.at("feedback_id")) != "content") {
      complaints_right += verdict == topic_of.at(row.at("feedback_id")) ? 1 : 0;
      ++complaints;
    }
    ++texts[topic_of.at(row.at("feedback_id"))][verdict];
    wrote.insert(row.at("customer_id"));
  }
  print("what texts are about, seeds alone", texts);
  for (const auto& [language, counts] : by_language) {
    const double accuracy = static_cast<double>(counts.first) / counts.second;
    std::printf("%s: %d of %d texts, %.3f\n", language.c_str(), counts.first, counts.second, accuracy);
    EXPECT_GE(accuracy, 0.7) << language;
  }

  const double of_complaints = static_cast<double>(complaints_right) / complaints;
  std::printf("of texts that complain: %.3f\n", of_complaints);
  EXPECT_GE(of_complaints, 0.72);

  for (const char* kind : {"orders", "events", "feedback"}) {
    const Ran ran = winback({"import", kind, (shop / (std::string{kind} + ".csv")).string()});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  const Ran told = winback({"reasons", "--json"});
  ASSERT_EQ(told.status, 0) << told.err;
  EXPECT_THAT(told.out, Not(HasSubstr("null")));

  // Each customer's reason, against the truth the shop keeps.
  auto world = app::load_world({});
  ASSERT_TRUE(world);
  auto opened = simulate::Shop::open(std::move(*world), kSeed);
  ASSERT_TRUE(opened);
  std::map<std::string, std::string> truth;
  for (std::uint64_t i = 0; i < kCustomers; ++i) {
    const simulate::Story story = (*opened)->story(i);
    if (story.life.end.away) truth[fmt::format("C{}", i + 1)] = ours(std::string{simulate::name_of(story.life.end.reason)});
  }
  const Ran rows = winback({"sql", "SELECT customer_id, argMin(reason, rank), argMax(reason, probability * (reason != 'unclear')), countIf(reason = 'unclear'), any(arrayStringConcat(evidence, ';')) FROM v_reasons GROUP BY customer_id", "--format", "TSV"});
  ASSERT_EQ(rows.status, 0) << rows.err;
  Matrix all, of_writers;
  std::map<std::string, int> most;
  int clear = 0, right = 0, writers = 0, writers_right = 0, silent = 0, silent_right = 0, known = 0;
  std::istringstream in{rows.out};
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells{line};
    std::string id, verdict, best;
    cells >> id >> verdict >> best;
    std::string key = "C" + std::to_string(std::stoll(id.substr(1)));
    const auto found = truth.find(key);
    if (found == truth.end()) continue;  // still there: lapsed by the calendar only
    ++known;
    ++most[found->second];
    ++all[found->second][verdict];
    if (verdict == "unclear") continue;
    ++clear;
    const bool hit = verdict == found->second;
    right += hit ? 1 : 0;
    if (wrote.contains(id)) {
      ++writers;
      writers_right += hit ? 1 : 0;
      ++of_writers[found->second][verdict];
    } else {
      ++silent;
      silent_right += hit ? 1 : 0;
    }
  }
  print("lapsed customers who wrote, with a verdict", of_writers);
  print("all lapsed customers who did leave", all);
  int largest = 0;
  for (const auto& [reason, n] : most) largest = std::max(largest, n);
  const auto share = [](int a, int b) { return b > 0 ? static_cast<double>(a) / b : 0.0; };
  std::printf("%d left; verdict for %d, right %.3f (of writers %.3f of %d, of others %.3f of %d); always the commonest reason: %.3f\n", known, clear, share(right, clear), share(writers_right, writers), writers,
              share(silent_right, silent), silent, share(largest, known));
  ASSERT_GT(known, 300);
  EXPECT_GT(clear, known / 8);
  EXPECT_GT(share(right, clear), 2.5 * share(largest, known)) << "clearly better than the prior";
  EXPECT_GT(share(writers_right, writers), 0.6);
}

TEST(Reasons, OneCustomerInThreeLanguagesAndThePlan) {
  const tests::Program winback;
  std::string orders = "order_id,customer_id,date,amount\n";
  int order = 0;
  for (const char* id : {"broken", "finished", "silent", "moved"}) {
    for (const char* day : {"2025-01-05", "2025-02-05", "2025-03-05"}) orders += fmt::format("{},{},{},40\n", ++order, id, day);
  }
  for (int i = 0; i < 40; ++i) orders += fmt::format("{},other{},2025-06-{:02},30\n", ++order, i, 1 + i % 28);
  tests::write_file(winback.here() / "orders.csv", orders);
  std::string events = "customer_id,occurred_at,type,channel\nmoved,2025-02-01T10:00:00Z,session_started,web\n";
  for (int day = 1; day < 9; ++day) events += fmt::format("moved,2026-01-{:02}T10:00:00Z,session_started,app\n", 20 + day);
  tests::write_file(winback.here() / "events.csv", events);
  const std::string hostile = "<script>alert(1)</script>\xF0\x9F\x98\xA1\x01 \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D " + std::string(1 << 20, 'x');
  tests::write_file(winback.here() / "feedback.csv",
                    "feedback_id,customer_id,date,kind,reason,text\n"
                    "f1,broken,2025-03-20,survey,product,\"The quality is poor, it broke after two days. Write to anna@example.com\"\n"
                    "f2,finished,2025-03-21,survey,need_ended,孩子长大了，已经不需要了\n"
                    "f3,other1,2025-06-21,review,,\"" + hostile + "\"\n"
                    "f4,,2025-06-21,review,,\"secret words of nobody\"\n");
  ASSERT_EQ(winback({"import", "orders", "orders.csv", "--currency", "EUR"}).status, 0);
  ASSERT_EQ(winback({"import", "events", "events.csv"}).status, 0);
  const Ran fed = winback({"import", "feedback", "feedback.csv", "--json"});
  ASSERT_EQ(fed.status, 0) << fed.err;
  EXPECT_THAT(fed.out, HasSubstr("\"rows_kept\": 3"));
  EXPECT_THAT(fed.out + fed.err + tests::read_file(winback.here() / "rejects.csv"), Not(HasSubstr("secret words")));

  const Ran english = winback({"reasons", "--customer", "broken", "--as-of", "2026-02-01", "--lang", "en"});
  ASSERT_EQ(english.status, 0) << english.err;
  EXPECT_THAT(english.out, testing::StartsWith("broken: "));
  EXPECT_THAT(english.out, HasSubstr("Likely reason: Product"));
  EXPECT_THAT(english.out, HasSubstr("chose this reason"));
  EXPECT_THAT(english.out, HasSubstr("it broke after two days"));
  EXPECT_THAT(english.out, HasSubstr("What to do: Fix first"));
  EXPECT_THAT(winback({"reasons", "--customer", "broken", "--as-of", "2026-02-01", "--lang", "zh-CN"}).out, HasSubstr("可能的原因：产品"));
  EXPECT_THAT(winback({"reasons", "--customer", "broken", "--as-of", "2026-02-01", "--lang", "zh-TW"}).out, HasSubstr("可能的原因：產品"));
  EXPECT_THAT(winback({"reasons", "--customer", "silent", "--as-of", "2026-02-01", "--json"}).out, HasSubstr("\"reason\": \"unclear\""));
  EXPECT_THAT(winback({"reasons", "--customer", "moved", "--as-of", "2026-02-01", "--lang", "en"}).out, HasSubstr("has not left"));
  EXPECT_THAT(winback({"reasons", "--customer", "nobody"}).err, HasSubstr("no customer"));

  ASSERT_EQ(winback({"plan", "--as-of", "2026-02-01", "--out", "out"}).status, 0);
  const Ran filters = winback({"sql", "SELECT concat(customer_id, '=', toString(filter)) FROM v_decisions", "--format", "TSV"});
  EXPECT_THAT(filters.out, HasSubstr("broken=quality_leaver"));
  EXPECT_THAT(filters.out, HasSubstr("finished=natural_end"));
  EXPECT_THAT(filters.out, HasSubstr("silent=none"));

  // Taken back: the verdicts go with what they rested on.
  ASSERT_EQ(winback({"imports", "undo", "3"}).status, 0);
  ASSERT_EQ(winback({"analyze", "--as-of", "2026-02-01"}).status, 0);
  EXPECT_THAT(winback({"sql", "SELECT count() FROM v_reasons WHERE reason = 'product'", "--format", "TSV"}).out, HasSubstr("0"));
  EXPECT_THAT(winback({"sql", "SELECT count() FROM v_feedback", "--format", "TSV"}).out, HasSubstr("0"));
}

}  // namespace
