#include "console/refresh.h"

#include <algorithm>

#include "app/steps.h"
#include "console/jobs.h"

namespace console {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr auto kFresh = std::chrono::hours{1};
constexpr auto kLook = std::chrono::minutes{1};

}  // namespace

Result<std::string> begin_analysis(Workspace& at, std::string_view by) {
  const auto jobs = at.jobs.list();
  const bool under_way = std::ranges::any_of(jobs, [](const Jobs::Job& job) { return job.kind == "analyze" && !job.finished_at; });
  if (under_way) return fail(Code::conflict, "an analysis is under way already");
  const app::CommonOptions common = at.common;
  WB_ASSIGN(const auto job, at.jobs.begin("analyze", by, [common](const Tell& tell) -> Result<std::string> {
    WB_ASSIGN(const auto context, app::Context::open(common, false));
    tell(-1, "analyze");
    WB_TRY(app::analyze_step(*context, "", ""));
    return std::string{"{}"};
  }));
  return to_json(job);
}

Result<bool> Refresh::is_stale(base::Instant now) {
  WB_ASSIGN(const auto analysis, at_.store.findings().find("analysis"));
  if (!analysis || now < analysis->made_at + kFresh) return false;
  const std::uint64_t events = at_.events.health().accepted;
  if (events != events_seen_) {
    events_seen_ = events;
    return true;
  }
  WB_ASSIGN(const auto imports, at_.store.imports().list());
  return std::ranges::any_of(imports, [&](const model::Import& one) {
    return one.finished_at.value_or(base::Instant{}) > analysis->made_at || one.undone_at.value_or(base::Instant{}) > analysis->made_at;
  });
}

Result<void> Refresh::look() {
  const base::Instant now = at_.clock.now();
  if (now < next_ && now >= next_ - kLook) return {};
  next_ = now + kLook;
  WB_ASSIGN(const bool stale, is_stale(now));
  if (!stale) return {};
  const auto begun = begin_analysis(at_, "winback");
  if (!begun && begun.error().code != Code::conflict) return std::unexpected(begun.error());
  return {};
}

}  // namespace console
