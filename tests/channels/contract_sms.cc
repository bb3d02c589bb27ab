#include "adapter/sms/twilio.h"
#include "tests/channels/contract.h"
#include "tests/support/providers/twilio.h"

namespace channels {
namespace {

std::unique_ptr<Place> twilio() {
  auto place = std::make_unique<Place>();
  place->peer = tests::twilio_peer();
  place->open = [url = place->peer->url()](bool right, port::HttpClient& web) {
    return adapter::sms::open_twilio({.account = tests::kTwilioAccount,
                                      .token = right ? tests::kTwilioToken : "wrong-token-0000",
                                      .from = tests::kTwilioFrom,
                                      .callback_url = "https://shop.example/callbacks/twilio",
                                      .endpoint = url},
                                     web);
  };
  place->channel = "sms";
  place->good = {"+14155550100", "+8613800138000"};
  place->dead = "+15005550009";
  place->refused = "+15005550004";
  place->secret = {tests::kTwilioToken, "wrong-token-0000"};
  place->looks_up = true;
  return place;
}

const bool added = add_row({"twilio", twilio});

}  // namespace
}  // namespace channels
