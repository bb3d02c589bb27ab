#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "act/respond/token.h"

namespace app {

/// Addresses of the public pages, as they stand in letters. They name a message by a signed token and nothing else: no
/// customer, no address, no target. A value; cheap to copy.
class PublicLinks {
 public:
  /// `public_url`: https://news.shop.example, or with a path; a slash at its end is dropped.
  PublicLinks(std::string_view public_url, act::respond::Sign sign);

  std::string click(std::int64_t message, std::int64_t link) const;
  std::string open(std::int64_t message) const;          ///< of the tracked picture
  std::string unsubscribe(std::int64_t message) const;   ///< also for List-Unsubscribe
  std::string preferences(std::int64_t message) const;
  std::string survey(std::int64_t invitation) const;
  std::string reveal(std::int64_t message) const;        ///< the offer, still wrapped
  std::string trial(std::int64_t message) const;
  std::string resubscribe(std::int64_t message) const;
  std::string restore(std::int64_t message) const;       ///< "find my account"
  std::string app(std::int64_t message) const;           ///< opens the app
  std::string reference(std::int64_t message) const;     ///< model::Delivery::reference

  /// The part of the address before the routes: "" or "/news".
  const std::string& prefix() const { return prefix_; }
  const act::respond::Sign& sign() const { return sign_; }

 private:
  std::string at(std::string_view route, act::respond::Use use, std::int64_t message, std::int64_t link = 0) const;
  std::string base_;
  std::string prefix_;
  act::respond::Sign sign_;
};

}  // namespace app
