#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "port/store.h"

namespace tests {

/// A Store in memory that keeps every promise but durability.
class FakeStore final : public port::Store, private port::ImportStore, private port::ContactStore {
 public:
  std::string_view workspace_id() const override { return "fake-workspace"; }
  port::ImportStore& imports() override { return *this; }
  port::ContactStore& contacts() override { return *this; }
  port::PlanStore& plans() override { return plans_; }

 private:
  base::Result<model::Import> begin(const model::Import& draft) override;
  base::Result<void> finish(const model::Import& import) override;
  base::Result<std::optional<model::Import>> find_finished(std::string_view fingerprint) override;
  base::Result<std::optional<model::Import>> find(std::uint32_t id) override;
  base::Result<std::vector<model::Import>> list() override;
  base::Result<void> mark_undone(std::uint32_t id, base::Instant at) override;

  base::Result<void> put(std::span<const model::ContactPoint> points) override;
  base::Result<void> each(const std::function<base::Result<void>(const model::ContactPoint&)>& sink) override;
  base::Result<std::uint64_t> count() override;
  base::Result<std::string> pseudonym(std::string_view normalised_address) override;

  class Plans final : public port::PlanStore {
   public:
    base::Result<void> save(const model::Plan& plan) override;
    base::Result<std::optional<model::Plan>> find(std::string_view id) override;
    base::Result<std::vector<model::Plan>> list() override;

   private:
    std::map<std::string, model::Plan, std::less<>> plans_;
  };

  std::vector<model::Import> imports_;
  std::map<std::pair<std::string, std::string>, model::ContactPoint> contacts_;
  Plans plans_;
};

}  // namespace tests
