#include "console/jobs.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace console {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kMostWaiting = 20;
constexpr std::size_t kRemembered = 100;
constexpr std::string_view kStates[] = {"waiting", "running", "done", "failed"};

}  // namespace

Jobs::Jobs(const port::Clock& clock) : clock_(clock), worker_([this](const std::stop_token& stop) { work(stop); }) {}

Jobs::~Jobs() {
  worker_.request_stop();
  wake_.notify_all();
}

Result<Jobs::Job> Jobs::begin(std::string_view kind, std::string_view by, Work work) {
  const std::lock_guard lock{mutex_};
  if (waiting_.size() >= kMostWaiting) return fail(Code::conflict, "{} pieces of long work wait already; let some end first", kMostWaiting);
  // The moment keeps ids of an earlier run of the program from being taken for one of this.
  Job job{.id = fmt::format("{}-{:x}-{}", kind, base::millis(clock_.now()), next_++), .kind = std::string{kind}, .by = std::string{by}, .begun_at = clock_.now()};
  jobs_.push_front(job);
  if (jobs_.size() > kRemembered) jobs_.pop_back();
  waiting_.emplace_back(job.id, std::move(work));
  wake_.notify_one();
  return job;
}

std::optional<Jobs::Job> Jobs::find(std::string_view id) const {
  const std::lock_guard lock{mutex_};
  const auto found = std::ranges::find(jobs_, id, &Job::id);
  return found == jobs_.end() ? std::nullopt : std::optional{*found};
}

std::deque<Jobs::Job> Jobs::list() const {
  const std::lock_guard lock{mutex_};
  return jobs_;
}

void Jobs::work(const std::stop_token& stop) {
  for (;;) {
    std::string id;
    Work piece;
    {
      std::unique_lock lock{mutex_};
      if (!wake_.wait(lock, stop, [&] { return !waiting_.empty(); }) || stop.stop_requested()) return;
      id = waiting_.front().first;
      piece = std::move(waiting_.front().second);
      waiting_.pop_front();
    }
    const auto change = [&](const std::function<void(Job&)>& how) {
      const std::lock_guard lock{mutex_};
      if (const auto found = std::ranges::find(jobs_, id, &Job::id); found != jobs_.end()) how(*found);
    };
    change([](Job& job) { job.state = State::running; });
    Result<std::string> result = fail(Code::internal, "nothing was done");
    try {
      result = piece([&](double progress, std::string_view stage) {
        change([&](Job& job) {
          job.progress = std::min(progress, 1.0);
          job.stage = stage;
        });
      });
    } catch (const std::exception& problem) {  // as in the program's other loops: one piece of work never ends the rest
      result = fail(Code::internal, "this failed inside winback: {}", problem.what());
    }
    change([&](Job& job) {
      job.finished_at = clock_.now();
      job.state = result ? State::done : State::failed;
      job.progress = result ? 1 : job.progress;
      if (result) job.result = std::move(*result);
      else job.error = result.error().message;
    });
  }
}

std::string to_json(const Jobs::Job& job) {
  ordered_json result = ordered_json::parse(job.result, nullptr, false);
  const ordered_json json{{"id", job.id},
                          {"kind", job.kind},
                          {"state", kStates[static_cast<std::size_t>(job.state)]},
                          {"progress", job.progress < 0 ? ordered_json(nullptr) : ordered_json(job.progress)},
                          {"stage", job.stage},
                          {"begun_at", base::to_string(job.begun_at)},
                          {"finished_at", job.finished_at ? ordered_json(base::to_string(*job.finished_at)) : ordered_json(nullptr)},
                          {"by", job.by},
                          {"result", result.is_object() ? std::move(result) : ordered_json::object()},
                          {"error", job.error.empty() ? ordered_json(nullptr) : ordered_json(job.error)}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace console
