#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_peer.h"

namespace tests {

/// What a provider may do wrong with a message it would take.
enum class Fault {
  none,
  throttled,         ///< 429 in the provider's own words
  drop,              ///< not taken, the connection ends
  accept_then_drop,  ///< taken, the connection ends
  accept_then_500,   ///< taken, answered as an error
  garbage,           ///< not taken, the answer is nonsense with status 400
};

/// A provider's HTTP interface on this machine: it judges each request as the provider documents, keeps a ledger of what it took,
/// and misbehaves on demand.
class ProviderPeer {
 public:
  struct Message {
    std::string address;
    std::string key;   ///< what came back with it: reference or send_key
    std::string id;    ///< ours
    std::string text;  ///< or the subject of a letter
    std::string more;  ///< what else a test wants to see
  };
  struct Verdict {
    std::optional<Message> taken;  ///< only of a request that sends, and is right in every way
    std::string answer;            ///< the whole answer
  };
  /// Gets the ledger so far; runs under the ledger's lock.
  using Judge = std::function<Verdict(const HttpRequest& request, const std::vector<Message>& ledger)>;

  /// `busy` is the whole answer when it is asked too often.
  ProviderPeer(Judge judge, std::string busy);

  std::string url() const { return "http://127.0.0.1:" + std::to_string(peer_.port()); }
  std::uint16_t port() const { return peer_.port(); }
  void misbehave(Fault fault) { fault_ = fault; }
  std::vector<Message> ledger() const;
  std::vector<HttpRequest> requests() const { return peer_.requests(); }

  /// "HTTP/1.1 200 x…" with a JSON body.
  static std::string json(int status, const std::string& body, const std::string& more_headers = {});
  /// The path and query of a request line.
  static std::string target(const HttpRequest& request);

 private:
  mutable std::mutex mutex_;
  std::vector<Message> ledger_;
  std::atomic<Fault> fault_{Fault::none};
  HttpPeer peer_;  // last: it ends before what its threads use
};

}  // namespace tests
