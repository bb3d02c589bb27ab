#pragma once

#include <string>
#include <vector>

#include "app/context.h"
#include "base/error.h"
#include "decide/response.h"
#include "model/experience.h"

namespace app {

/// What the workspace's own approaches taught.
struct Learned {
  model::Experience experience;
  decide::Response response;
  std::vector<std::string> from;     ///< ids of the plans it was learned from
  std::vector<std::string> waiting;  ///< carried out, but their time is not over or their orders are not imported yet
};

/// Reads the experience of every plan that was carried out and whose time is over, and learns from it.
base::Result<Learned> learn(Context& context, const model::Assumptions& assumptions);

}  // namespace app
