#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/engine.h"
#include "app/machine_clock.h"
#include "app/task_finish.h"
#include "app/terminal.h"
#include "app/verbs.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

Result<void> run_tasks_list(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const auto tasks, store->inbox().open_tasks());
  const base::Instant now = machine_clock().now();
  const text::Language l = context->language();
  if (common.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const model::Task& task : tasks) {
      all.push_back({{"id", task.id},
                     {"customer_id", task.customer_id},
                     {"campaign", task.campaign_id},
                     {"step", task.step},
                     {"queue", task.queue},
                     {"title", task.title},
                     {"script", task.script},
                     {"created_at", base::to_string(task.created_at)},
                     {"deadline", base::to_string(task.deadline)},
                     {"overdue", task.deadline < now}});
    }
    std::fputs((all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n").c_str(), stdout);
    return {};
  }
  if (tasks.empty()) {
    std::fputs((std::string{say(l, Word::tasks_none)} + "\n").c_str(), stdout);
    return {};
  }
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_id), true}, {head(Word::head_deadline)}, {"", false, 10}, {head(Word::head_queue), false, 14}, {head(Word::head_customer), false, 20}, {head(Word::head_task), false, 40}}};
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context->settings().zone));
  for (const model::Task& task : tasks) {
    table.add({std::to_string(task.id), text::date(l, zone.local_day(task.deadline)), task.deadline < now ? head(Word::task_overdue) : "", task.queue,
               task.customer_id, task.title});
  }
  std::fputs(table.str().c_str(), stdout);
  return {};
}

Result<void> run_tasks_done(const CommonOptions& common, std::int64_t id, const std::string& outcome) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(DeskConfig config, load_desk(*context));
  Desk desk{*store, std::move(config)};
  act::deliver::Conductor conductor{*store, desk};
  bool done = false;
  WB_TRY(store->transact([&]() -> Result<void> {
    WB_ASSIGN(done, finish_task(id, outcome, "", *store, conductor, machine_clock().now()));
    return {};
  }));
  if (!done) return fail(Code::not_found, "there is no open task {}; `winback tasks list` shows them", id);
  std::fputs((say(context->language(), Word::task_done, fmt::arg("id", id)) + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
