#include "adapter/sms/aliyun.h"
#include "adapter/sms/twilio.h"
#include "tests/channels/contract.h"
#include "tests/support/providers/aliyun.h"
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

std::unique_ptr<Place> aliyun() {
  auto place = std::make_unique<Place>();
  place->peer = tests::aliyun_peer();
  place->open = [url = place->peer->url()](bool right, port::HttpClient& web) {
    return adapter::sms::open_aliyun({.key_id = tests::kAliyunKeyId, .key_secret = right ? tests::kAliyunSecret : "wrong-secret-0000", .sign = tests::kAliyunSign, .endpoint = url}, web);
  };
  place->channel = "sms";
  place->good = {"+8613800138000", "+85251234567"};
  place->dead = "+8610000000000";
  place->refused = "+8613800138999";
  place->secret = {tests::kAliyunSecret, tests::kAliyunKeyId, "wrong-secret-0000"};
  place->looks_up = true;
  place->prepare = [](model::Delivery& one) {
    one.content.template_id = "SMS_71390007";
    one.content.fields = {{"customer", one.name}, {"shop", "猫 & \"co\""}};
  };
  return place;
}

const bool added = add_row({"twilio", twilio}) && add_row({"aliyun", aliyun});

}  // namespace
}  // namespace channels
