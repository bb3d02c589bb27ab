#pragma once

#include <string>

#include "app/context.h"
#include "base/error.h"

namespace program {

struct ServeOptions {
  std::string listen;  ///< empty: the settings'
};

/// Serves until it is told to stop: sends what was launched, takes events, answers the console, programs and customers.
base::Result<void> run_serve(const app::CommonOptions& common, const ServeOptions& options);

}  // namespace program
