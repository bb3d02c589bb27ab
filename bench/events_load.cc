// events_load PORT KEY SECONDS [CONNECTIONS [BATCH]]: posts batches of events over kept connections as fast as they are answered, and
// prints how many events a second were acknowledged and how long batches waited, as JSON. Every event has a messageId of its own.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include <fmt/core.h>

#include "tests/support/kept_connection.h"

using namespace std::chrono;

namespace {

constexpr std::size_t kIdDigits = 16;

/// A batch whose messageIds are written over, digit by digit, before each sending.
struct Batch {
  std::string body;
  std::vector<std::size_t> ids;
};

Batch make_batch(int connection, int events) {
  Batch batch{.body = R"({"batch":[)"};
  for (int i = 0; i < events; ++i) {
    if (i > 0) batch.body += ',';
    batch.body += R"({"type":"track","messageId":"node-next-)";
    batch.ids.push_back(batch.body.size());
    batch.body += std::string(kIdDigits, '0');
    batch.body += fmt::format(R"(","userId":"user-{}","event":"{}","timestamp":"2026-11-22T06:00:00.000Z","properties":{{"sku":"SKU-{}","price":{}.5,)"
                              R"("category":"shirts","list":"front page","position":{}}},"context":{{"library":{{"name":"bench","version":"1.0.0"}},)"
                              R"("page":{{"path":"/shirts/{}"}}}},"integrations":{{}}}})",
                              connection * 10'000 + i * 37 % 5000, i % 10 == 0 ? "Product Added" : "Product Viewed", i % 400, i % 90, i, i % 400);
  }
  batch.body += R"(],"sentAt":"2026-11-22T06:00:00.100Z"})";
  return batch;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fputs("events_load PORT KEY SECONDS [CONNECTIONS [BATCH]]\n", stderr), 2;
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const std::string head = fmt::format("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", argv[2]);
  const auto length = duration<double>{std::atof(argv[3])};
  const int connections = argc > 4 ? std::atoi(argv[4]) : 8;
  const int size = argc > 5 ? std::atoi(argv[5]) : 100;
  std::random_device random;
  std::atomic<std::uint64_t> next = (std::uint64_t{random()} << 20) % 1'000'000'000'000'000ULL;
  std::atomic<std::uint64_t> accepted = 0, refused = 0, failed = 0;
  std::vector<std::vector<double>> waited(static_cast<std::size_t>(connections));
  const auto began = steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int c = 0; c < connections; ++c) {
      threads.emplace_back([&, c] {
        tests::KeptConnection connection{port};
        Batch batch = make_batch(c, size);
        while (steady_clock::now() - began < length) {
          std::uint64_t id = next.fetch_add(static_cast<std::uint64_t>(size));
          for (const std::size_t at : batch.ids) {
            std::uint64_t rest = id++;
            for (std::size_t d = kIdDigits; d-- > 0; rest /= 10) batch.body[at + d] = static_cast<char>('0' + rest % 10);
          }
          const auto from = steady_clock::now();
          const int status = connection.post("/v1/batch", head, batch.body);
          waited[static_cast<std::size_t>(c)].push_back(duration<double, std::milli>(steady_clock::now() - from).count());
          if (status == 200) {
            accepted += static_cast<std::uint64_t>(size);
          } else if (status == 429) {
            ++refused;
            std::this_thread::sleep_for(milliseconds{200});
          } else {
            ++failed;
          }
        }
      });
    }
  }
  const double seconds = duration<double>(steady_clock::now() - began).count();
  std::vector<double> all;
  for (const auto& one : waited) all.insert(all.end(), one.begin(), one.end());
  std::ranges::sort(all);
  const auto at = [&](double share) { return all.empty() ? 0.0 : all[std::min(all.size() - 1, static_cast<std::size_t>(share * static_cast<double>(all.size())))]; };
  fmt::print("{{\"events_per_second\": {:.0f}, \"p50_ms\": {:.2f}, \"p99_ms\": {:.2f}, \"max_ms\": {:.2f}, \"accepted\": {}, \"refused\": {}, \"failed\": {}}}\n",
             static_cast<double>(accepted) / seconds, at(0.5), at(0.99), at(1), accepted.load(), refused.load(), failed.load());
  return failed > 0 ? 1 : 0;
}
