#include <benchmark/benchmark.h>

#include "adapter/smtp/dkim.h"
#include "adapter/smtp/mime.h"

namespace adapter::smtp {
namespace {

Sender shop() {
  Sender sender;
  sender.name = "蓝色商店";
  sender.address = "news@shop.example";
  sender.bounce_domain = "b.shop.example";
  return sender;
}

model::Delivery delivery() {
  model::Delivery one;
  one.send_key = "0123456789abcdef0123456789abcdef";
  one.reference = "reference";
  one.address = "anna@customer.example";
  one.name = "张三";
  one.content.subject = "我们想念你，好久不见";
  for (int i = 0; i < 200; ++i) one.content.html += "<p style=\"margin:0\">我们想念你，这是专属于你的优惠</p>\n";
  one.content.text = "我们想念你，这是专属于你的优惠\n";
  one.unsubscribe_url = "https://shop.example/u/abc";
  return one;
}

/// A letter of 17 KB made ready to be signed.
void compose_letter(benchmark::State& state) {
  const Sender sender = shop();
  const model::Delivery one = delivery();
  for (auto _ : state) benchmark::DoNotOptimize(compose(one, sender));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(compose_letter);

void sign_letter(benchmark::State& state) {
  const auto algorithm = state.range(0) == 0 ? DkimAlgorithm::rsa_sha256 : DkimAlgorithm::ed25519_sha256;
  const auto signer = DkimSigner::open({"shop.example", "s1", *new_dkim_key(algorithm)});
  const auto letter = compose(delivery(), shop());
  for (auto _ : state) benchmark::DoNotOptimize(signer->sign(letter->bytes, {}));
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(state.range(0) == 0 ? "rsa 2048" : "ed25519");
}
BENCHMARK(sign_letter)->Arg(0)->Arg(1);

}  // namespace
}  // namespace adapter::smtp
