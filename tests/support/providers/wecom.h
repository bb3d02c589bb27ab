#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tests/support/http_peer.h"
#include "tests/support/providers/ledger.h"

namespace tests {

/// WeCom's server as documented: gettoken, group-send tasks, their list and their results. A customer "dead…" does not exist,
/// "full…" has had too many messages. Faults: an errcode as "errcode N", or those of the ledger.
class FakeWecom {
 public:
  FakeWecom();
  std::string url() const { return "http://127.0.0.1:" + std::to_string(peer_.port()); }
  void end_token();
  int tokens_given() const;
  void set_status(int status);  ///< of every task: 0 not confirmed, 1 sent, 2 no contact, 3 too many
  /// Tasks are made at this moment, in seconds.
  void set_now(std::int64_t now);

  Ledger ledger;  ///< to: customer; key: the member who sends; id: msgid

 private:
  std::string answer(const HttpRequest& request);

  mutable std::mutex mutex_;
  int token_ = 0;
  int given_ = 0;
  int status_ = 0;
  std::int64_t now_ = 0;
  std::map<std::string, std::int64_t> made_at_;
  HttpPeer peer_;
};

}  // namespace tests
