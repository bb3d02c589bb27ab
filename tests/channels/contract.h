#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/message.h"
#include "port/channel.h"
#include "port/http_client.h"
#include "tests/support/providers/provider_peer.h"

namespace channels {

/// One channel beside a fake of its provider: a row of the contract every channel keeps (channel_contract_test.cc). A family adds
/// its rows in a file of its own: `const bool added = add_row({"twilio", make});`
struct Place {
  std::unique_ptr<tests::ProviderPeer> peer;
  std::function<base::Result<std::unique_ptr<port::Channel>>(bool right_credentials, port::HttpClient& web)> open;
  std::string channel;             ///< the name it must have
  std::vector<std::string> good;   ///< two addresses that get messages
  std::string dead;                ///< an address the provider knows to be none; empty: it never says so at once
  std::string refused;             ///< an address that may not be sent to, and is not dead; empty: there is none
  std::vector<std::string> secret; ///< what no sentence may repeat
  bool looks_up = false;           ///< it can find what it took
  bool key_is_send_key = false;    ///< the ledger's key is the send_key, not the reference
  std::function<void(model::Delivery&)> prepare = [](model::Delivery&) {};  ///< what this provider's messages need
};

struct Row {
  std::string name;
  std::function<std::unique_ptr<Place>()> make;
};

std::vector<Row>& rows();
bool add_row(Row row);

/// A message number `number` to that address.
model::Delivery delivery_to(const Place& place, const std::string& address, int number = 1);

}  // namespace channels
