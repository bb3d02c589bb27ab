#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "port/learner.h"

namespace adapter::xgboost {

/// What surrounds the library's own bytes.
struct Head {
  port::Objective objective = port::Objective::chance;
  std::uint32_t columns = 0;
  std::uint32_t rounds = 0;     ///< 0: a constant
  std::uint32_t threads = 2;    ///< of predictions
  double constant = 0;          ///< the prediction of a model without trees
};

/// A model from its parts; `trees` are the library's bytes, empty where there are none.
base::Result<std::unique_ptr<port::Learned>> make_learned(const Head& head, std::string_view trees);

/// A model from what `Learned::bytes` gave. Fails with `corrupt` on any other bytes.
base::Result<std::unique_ptr<port::Learned>> restore_learned(std::string_view bytes);

}  // namespace adapter::xgboost
