#include "model/journey.h"

namespace model {

std::string_view name_of(EnrolmentState state) {
  constexpr std::array<std::string_view, 3> kNames = {"waiting", "sending", "finished"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace model
