#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/http_peer.h"
#include "tests/support/providers/ledger.h"

namespace tests {

/// Meta's Marketing API for one custom audience as documented: token, proof of the app's secret, the schema and at most 10,000
/// rows are verified; members are told apart by their keys. Faults: an error code as "code N", or "drop" (acts, and answers
/// nothing).
class FakeMeta {
 public:
  FakeMeta();
  std::string url() const { return "http://127.0.0.1:" + std::to_string(peer_.port()); }
  std::set<std::string> members() const;  ///< "email,phone,id"
  std::size_t calls() const { return peer_.requests().size(); }
  std::vector<HttpRequest> requests() const { return peer_.requests(); }

  Ledger ledger;  ///< of faults only

 private:
  std::string answer(const HttpRequest& request);

  mutable std::mutex mutex_;
  std::set<std::string> members_;
  HttpPeer peer_;
};

}  // namespace tests
