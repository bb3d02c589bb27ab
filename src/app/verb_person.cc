#include <cstdio>

#include "access/audit.h"
#include "app/engine.h"
#include "app/machine_clock.h"
#include "app/person_data.h"
#include "app/verbs.h"

namespace app {

using base::Result;

Result<void> run_erase(const CommonOptions& common, const std::string& customer) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_ASSIGN(DeskConfig config, load_desk(*context));
  Desk desk{*store, std::move(config)};
  act::deliver::Conductor conductor{*store, desk};
  // Somebody who asks for a person nobody knows has misspelt the id: nothing must look done then.
  WB_TRY(export_person(customer, *store, *warehouse));
  // Written down first: what cannot be is not done.
  WB_TRY((entry::Audit{*store, machine_clock()}.record({.name = "terminal", .address = "terminal"}, "erase", "customer " + customer)));
  WB_ASSIGN(const std::uint64_t ended, erase_person(customer, *store, *warehouse, conductor, context->data(), machine_clock().now()));
  std::fputs((text::say(context->language(), text::Word::erase_done, fmt::arg("customer", customer), fmt::arg("journeys", ended)) + "\n").c_str(), stdout);
  return {};
}

Result<void> run_export_person(const CommonOptions& common, const std::string& customer) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_ASSIGN(const std::string json, export_person(customer, *store, *warehouse));
  WB_TRY((entry::Audit{*store, machine_clock()}.record({.name = "terminal", .address = "terminal"}, "export", "customer " + customer)));
  std::fputs((json + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
