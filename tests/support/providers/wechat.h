#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/time.h"
#include "port/callback.h"
#include "tests/support/http_peer.h"
#include "tests/support/providers/ledger.h"

namespace tests {

/// WeChat's server as documented: stable_token, template and subscribe messages, customer-service texts, the lists of
/// templates. An openid "dead…" does not exist, "stranger…" does not follow, a subscribe message needs a grant that was given
/// here; a client_msg_id seen in the last minutes acts once. Faults: an errcode as "errcode N", or those of the ledger.
class FakeWechat {
 public:
  FakeWechat();
  std::string url() const { return "http://127.0.0.1:" + std::to_string(peer_.port()); }

  void grant(const std::string& openid, const std::string& template_id, int n = 1);
  void wrote(const std::string& openid);  ///< opens the 48 hours
  void end_token();                       ///< the token in use ends before its time
  int tokens_given() const;
  std::size_t calls() const { return peer_.requests().size(); }

  /// A call as WeChat makes it, signed; with an aes_key (32 bytes) the body is encrypted.
  static port::Callback::Request call(const std::string& xml, const std::string& token, base::Instant at, const std::string& aes_key = {}, const std::string& app_id = "wx1");

  Ledger ledger;

 private:
  std::string answer(const HttpRequest& request);
  std::string send(const std::string& path, const HttpRequest& request);

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, int> grants_;
  std::map<std::string, bool> wrote_;
  int token_ = 0;
  int given_ = 0;
  HttpPeer peer_;
};

}  // namespace tests
