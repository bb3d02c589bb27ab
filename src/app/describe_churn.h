#pragma once

#include <cstddef>
#include <string>

#include "model/churn.h"
#include "text/language.h"

namespace app {

/// A forecast as a person reads it: the first `top` customers, what it rests on, how good it was.
std::string describe(const model::Churn& churn, std::size_t top, text::Language language);

/// One driver in words, with the customer's own numbers.
std::string say_driver(const model::ChurnDriver& driver, const std::string& currency, text::Language language);

/// The same as JSON; keys in docs/formats.md.
std::string to_json(const model::Churn& churn, std::size_t top, text::Language language);

}  // namespace app
