#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "simulate/world.h"

namespace simulate {

/// What a text may speak of by name, in its own language.
struct Subject {
  std::string_view product;
  std::string_view category;
};

/// Where the words come from; it decides how people begin and end.
enum class Occasion : std::uint8_t { survey, nps, ticket, review };
std::string_view name_of(Occasion occasion);

/// Two to four sentences a customer might write about `topic` (`none`: content), put together from fragments of one
/// language: some tens of thousands of different texts for each topic and language.
std::string words_about(Tongue language, Reason topic, Occasion occasion, const Subject& subject, base::Rng& rng);

}  // namespace simulate
