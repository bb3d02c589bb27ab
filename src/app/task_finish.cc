#include "app/task_finish.h"

#include <algorithm>
#include <array>

#include "base/words.h"

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;

namespace {

struct Outcome {
  std::string_view key;
  std::array<std::string_view, 3> words;  ///< in the form of base::plain_text; outcome_… of src/text/catalogue/console/campaigns.txt
};
constexpr std::array<Outcome, 3> kOutcomes = {Outcome{"not_reached", {"not_reached", "not reached", "未联系上"}}, Outcome{"reached", {"reached", "reached", "已联系上"}},
                                              Outcome{"later", {"later", "call again later", "稍后再打"}}};

/// What stands after the outcome's words; the note itself where it begins with none.
std::string rest_of(std::string_view note) {
  const std::string plain = base::plain_text(note);
  for (const Outcome& one : kOutcomes) {
    for (const std::string_view word : one.words) {
      if (plain == word) return {};
    }
  }
  return std::string{note};
}

}  // namespace

std::string_view outcome_in(std::string_view note) {
  const std::string plain = base::plain_text(note);
  for (const Outcome& one : kOutcomes) {
    for (const std::string_view word : one.words) {
      if (!plain.starts_with(word)) continue;
      // "reachedout" is no outcome; Chinese has no blanks between words.
      const char next = plain.size() > word.size() ? plain[word.size()] : ' ';
      const bool letter = (next >= 'a' && next <= 'z') || next == '_';
      if (!letter || static_cast<unsigned char>(word.back()) >= 0x80) return one.key;
    }
  }
  return {};
}

Result<bool> finish_task(std::int64_t id, const std::string& note, std::string_view key, port::ActStore& store, act::deliver::Conductor& conductor, Instant now) {
  if (!key.empty() && std::ranges::find(kOutcomes, key, &Outcome::key) == kOutcomes.end()) {
    return fail(Code::invalid_input, "outcome_key must be reached, not_reached or later");
  }
  WB_ASSIGN(const auto tasks, store.inbox().open_tasks());
  const auto task = std::ranges::find(tasks, id, &model::Task::id);
  if (task == tasks.end()) return false;
  WB_ASSIGN(const bool finished, store.inbox().finish_task(id, note, now));
  if (!finished || task->customer_id.empty()) return finished;
  if (const std::string words = rest_of(note); !words.empty()) {
    WB_TRY(store.back().say({.customer_id = task->customer_id, .feedback_id = fmt::format("task/{}", id), .said_at = now, .kind = "task_note", .text = words}));
  }
  const std::string_view outcome = key.empty() ? outcome_in(note) : key;
  if (!outcome.empty()) WB_TRY(conductor.happened(task->customer_id, outcome, now));
  WB_TRY(conductor.happened(task->customer_id, "task_done", now));
  return true;
}

}  // namespace app
