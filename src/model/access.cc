#include "model/access.h"

namespace model {
namespace {

constexpr std::string_view kRoles[] = {"owner", "marketer", "analyst", "agent", "read_only"};
constexpr std::string_view kStates[] = {"invited", "active", "disabled"};

template <class Enum, std::size_t n>
std::optional<Enum> parse(const std::string_view (&names)[n], std::string_view name) {
  for (std::size_t i = 0; i < n; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Role role) { return kRoles[static_cast<std::size_t>(role)]; }
std::optional<Role> parse_role(std::string_view name) { return parse<Role>(kRoles, name); }
std::string_view name_of(UserState state) { return kStates[static_cast<std::size_t>(state)]; }
std::optional<UserState> parse_user_state(std::string_view name) { return parse<UserState>(kStates, name); }

}  // namespace model
