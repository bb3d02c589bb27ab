#include "tests/support/fake_store.h"

#include "base/hash.h"

namespace tests {

using base::Code;
using base::fail;

base::Result<model::Import> FakeStore::begin(const model::Import& draft) {
  for (const model::Import& import : imports_) {
    if (import.fingerprint == draft.fingerprint && !import.finished_at && !import.undone_at) return import;
  }
  imports_.push_back(draft);
  imports_.back().id = static_cast<std::uint32_t>(imports_.size());
  return imports_.back();
}

base::Result<void> FakeStore::finish(const model::Import& import) {
  if (!import.finished_at) return fail(Code::internal, "import {} is finished without a time", import.id);
  if (import.id == 0 || import.id > imports_.size()) return fail(Code::not_found, "there is no import {}", import.id);
  model::Import& kept = imports_[import.id - 1];
  kept.finished_at = import.finished_at;
  kept.rows_read = import.rows_read;
  kept.rows_kept = import.rows_kept;
  kept.rows_rejected = import.rows_rejected;
  kept.first_day = import.first_day;
  kept.last_day = import.last_day;
  kept.summary_json = import.summary_json;
  return {};
}

base::Result<std::optional<model::Import>> FakeStore::find_finished(std::string_view fingerprint) {
  for (std::size_t i = imports_.size(); i-- > 0;) {
    const model::Import& import = imports_[i];
    if (import.fingerprint == fingerprint && import.finished_at && !import.undone_at) return std::optional{import};
  }
  return std::optional<model::Import>{};
}

base::Result<std::optional<model::Import>> FakeStore::find(std::uint32_t id) {
  if (id == 0 || id > imports_.size()) return std::optional<model::Import>{};
  return std::optional{imports_[id - 1]};
}

base::Result<std::vector<model::Import>> FakeStore::list() {
  return std::vector<model::Import>{imports_.rbegin(), imports_.rend()};
}

base::Result<void> FakeStore::mark_undone(std::uint32_t id, base::Instant at) {
  if (id == 0 || id > imports_.size()) return fail(Code::not_found, "there is no import {}", id);
  model::Import& import = imports_[id - 1];
  if (!import.undone_at) import.undone_at = at;
  return {};
}

base::Result<void> FakeStore::put(std::span<const model::ContactPoint> points) {
  for (const model::ContactPoint& point : points) {
    model::ContactPoint& kept = contacts_[{point.customer_id, point.channel}];
    const bool opted_out = kept.opted_out || point.opted_out;
    kept = point;
    kept.opted_out = opted_out;
  }
  return {};
}

base::Result<void> FakeStore::each(const std::function<base::Result<void>(const model::ContactPoint&)>& sink) {
  for (const auto& [key, point] : contacts_) WB_TRY(sink(point));
  return {};
}

base::Result<std::uint64_t> FakeStore::count() { return contacts_.size(); }

base::Result<std::string> FakeStore::pseudonym(std::string_view normalised_address) {
  const base::Digest digest = base::hmac_sha256("a secret only tests know", normalised_address);
  return "p_" + base::to_hex(std::span{digest}.first(16));
}

base::Result<void> FakeStore::Plans::save(const model::Plan& plan) {
  plans_[plan.id] = plan;
  return {};
}

base::Result<std::optional<model::Plan>> FakeStore::Plans::find(std::string_view id) {
  const auto found = plans_.find(id);
  return found == plans_.end() ? std::optional<model::Plan>{} : std::optional{found->second};
}

base::Result<std::vector<model::Plan>> FakeStore::Plans::list() {
  std::vector<model::Plan> plans;
  for (const auto& [id, plan] : plans_) plans.push_back(plan);
  std::ranges::sort(plans, [](const model::Plan& a, const model::Plan& b) {
    return std::tie(b.made_at, b.id) < std::tie(a.made_at, a.id);
  });
  return plans;
}

}  // namespace tests
