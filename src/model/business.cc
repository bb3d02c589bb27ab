#include "model/business.h"

#include <array>

namespace model {

std::string_view name_of(BusinessModel model) {
  constexpr std::array<std::string_view, kBusinessModels> names = {"orders", "subscription", "game", "course", "durables"};
  return names[static_cast<std::size_t>(model)];
}

}  // namespace model
