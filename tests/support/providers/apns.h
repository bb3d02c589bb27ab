#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/time.h"
#include "tests/support/providers/fcm.h"
#include "tests/support/providers/ledger.h"

namespace tests {

/// Apple's push service: HTTP/2 over TLS (libnghttp2), as documented. The provider token's signature, key, team and age are
/// verified, the headers too; tokens of devices named "dead…" are unregistered, 64 zeros and "bad…" are no tokens. A ledger
/// entry's body holds the headers that matter ahead of the payload.
class FakeApns {
 public:
  struct Setup {
    std::string key_id = "ABC123DEFG";
    std::string team_id = "TEAM567890";
    std::string topic = "com.shop.app";
  };

  /// The certificate is written into the folder.
  FakeApns(const std::filesystem::path& folder, base::Instant now);
  ~FakeApns();
  FakeApns(const FakeApns&) = delete;
  FakeApns& operator=(const FakeApns&) = delete;

  const std::string& key() const { return key_.private_pem; }
  std::string url() const;
  void set_now(base::Instant now) { now_ = base::millis(now); }
  std::filesystem::path certificate() const { return certificate_; }
  const Setup& setup() const { return setup_; }

  /// Provider tokens seen so far: Apple wants few.
  std::size_t provider_tokens() const;
  std::size_t connections() const;

  Ledger ledger;

  struct Request {
    std::string method, path;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
  };
  struct Answer {
    int status = 200;  ///< 0: the connection is closed without one
    std::string apns_id;
    std::string reason;
  };
  Answer answer(const Request& request);

 private:
  struct State;
  const Setup setup_;
  const KeyPair key_;
  std::atomic<std::int64_t> now_;
  std::filesystem::path certificate_;
  std::unique_ptr<State> state_;
};

}  // namespace tests
