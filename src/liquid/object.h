#pragma once

#include <vector>

#include "liquid/value.h"

namespace liquid {

/// The members of an object value. Up to kFewMembers are found by looking at each hash in turn, more by a table.
struct Object {
  static constexpr std::size_t kFewMembers = 24;

  std::vector<Member> members;
  std::vector<std::uint32_t> table;  ///< open addressing: index + 1 of a member; a power of two at most half full

  const Cell* find(const Key& key) const {
    if (table.empty()) {
      for (const Member& member : members) {
        if (member.key == key) return &member.value;
      }
      return nullptr;
    }
    return find_in_table(key);
  }

 private:
  const Cell* find_in_table(const Key& key) const;
};

}  // namespace liquid
