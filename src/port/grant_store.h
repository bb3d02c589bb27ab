#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace port {

/// Messages customers have allowed one by one (Channel::needs_grant).
class GrantStore {
 public:
  virtual ~GrantStore() = default;

  /// The customer has allowed `n` more messages of the template; at most 1,000 are kept.
  virtual base::Result<void> add(std::string_view customer, std::string_view provider_template, std::uint32_t n) = 0;

  /// Uses one up; false where none is left. Within the transaction that makes the message irrevocable: one grant is one message.
  virtual base::Result<bool> take(std::string_view customer, std::string_view provider_template) = 0;
  virtual base::Result<std::uint32_t> left(std::string_view customer, std::string_view provider_template) = 0;

  /// The customer has taken them back.
  virtual base::Result<void> drop(std::string_view customer, std::string_view provider_template) = 0;
};

/// Who was put into which audience of a provider of advertising.
class AudienceStore {
 public:
  virtual ~AudienceStore() = default;

  struct Member {
    std::string customer_id;
    std::string keys;  ///< hashed, as the provider has them
    base::Instant added_at;
  };
  virtual base::Result<std::vector<Member>> members(std::string_view audience) = 0;  ///< ordered by customer
  virtual base::Result<void> added(std::string_view audience, std::span<const Member> members) = 0;
  virtual base::Result<void> removed(std::string_view audience, std::span<const Member> members) = 0;
};

}  // namespace port
