#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "app/notice_intake.h"
#include "app/public_pages.h"
#include "http/rate_limiter.h"
#include "http/router.h"
#include "port/callback.h"
#include "port/http_client.h"

namespace app {

/// Where providers tell us what became of messages, and what customers wrote: GET and POST /callbacks/:provider. A call is
/// verified first; what it tells is one transaction; after that it is acknowledged in the provider's own words. Thread-safe.
class Callbacks {
 public:
  struct Config {
    std::string public_url;              ///< where the providers call us: some sign it
    act::respond::ReplyRules rules;
    text::Language language = text::Language::en;
  };

  /// Store, clock and web outlive this object; of the actions it uses `conduct`. Several callbacks may have one provider's name
  /// (two accounts): the first that knows the signature reads.
  Callbacks(port::ActStore& store, const port::Clock& clock, PublicActions actions, act::respond::Sign sign,
            std::vector<std::unique_ptr<port::Callback>> callbacks, port::HttpClient& web, Config config);

  /// Adds the routes. This object outlives the router.
  void mount(http::Router& router);

  /// How many calls and notices came, by provider and outcome, in Prometheus' text format.
  void write(std::string& to) const;

 private:
  http::Response take(const http::Request& request);
  void count(std::string_view provider, std::string_view outcome, std::uint64_t by = 1);

  port::ActStore& store_;
  const port::Clock& clock_;
  PublicActions actions_;
  act::respond::Sign sign_;
  const std::vector<std::unique_ptr<port::Callback>> callbacks_;
  port::HttpClient& web_;
  const Config config_;
  http::RateLimiter by_sender_{200, 2000};    // providers send in bursts
  http::RateLimiter by_stranger_{0.5, 20};    // calls with signatures that are none
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts_;  // by provider and outcome; protected by mutex_
};

}  // namespace app
