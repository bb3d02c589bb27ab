#pragma once

#include <memory>

#include "port/learner.h"

namespace adapter::xgboost {

/// Trees by the XGBoost library (histogram method). Never fails to open.
std::unique_ptr<port::Learner> open_xgboost();

}  // namespace adapter::xgboost
