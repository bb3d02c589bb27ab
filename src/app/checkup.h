#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/context.h"
#include "base/error.h"
#include "port/clock.h"

namespace app {

/// Where findings go: what is well, what may stay as it is, what is to be mended and how.
struct FindingSink {
  std::function<void(std::string_view)> good, note;
  std::function<void(const base::Error&)> bad;
};

/// Looks at the machine around a workspace: rights of its files, the disk, the spool, the TLS certificate, the clock, whether the
/// console has an owner. Changes nothing; may run beside `winback serve`.
void check_machine(Context& context, const port::Clock& clock, const FindingSink& found);

/// The tables of the warehouse: made where they are missing, brought to this version where they are older, and counted.
void check_tables(Context& context, port::Warehouse& warehouse, const FindingSink& found);

}  // namespace app
