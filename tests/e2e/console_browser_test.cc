// The console as the program serves it, on a simulated shop, in a real browser: every page in one language on a desk and in
// another on a phone (web/test/browser.mjs says what is looked for). The pages with made-up answers are tested by console_browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/support/http_call.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/serving.h"

namespace tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* kPassword = "nine lazy herons wade";

TEST(ConsoleInABrowser, EveryPageOfARealShop) {
  const Program winback;
  for (const std::vector<std::string>& words : {std::vector<std::string>{"simulate", "--customers", "600", "--seed", "3", "--out", "shop"},
                                                {"import", "customers", "shop/customers.csv"},
                                                {"import", "products", "shop/products.csv"},
                                                {"import", "orders", "shop/orders.csv"},
                                                {"import", "events", "shop/events.csv"},
                                                {"import", "feedback", "shop/feedback.csv"},
                                                {"analyze"},
                                                {"plan", "--budget", "500"}}) {
    const Ran ran = winback(words);
    ASSERT_EQ(ran.status, 0) << words[0] << ": " << ran.err;
  }
  Serving server{winback};
  const auto port = server.port();
  ASSERT_NE(port, 0) << server.said();
  std::string token;
  for (int i = 0; i < 500 && token.size() != 64; ++i) {
    const std::string said = server.said();
    if (const std::size_t at = said.find("/setup#"); at != std::string::npos) token = said.substr(at + 7, 64);
    std::this_thread::sleep_for(10ms);
  }
  const std::string setup = json{{"token", token}, {"email", "ann@shop.example"}, {"name", "Ann"}, {"password", kPassword}}.dump();
  const auto made = http_call(port, "POST", "/api/setup", setup, "Content-Type: application/json\r\n");
  ASSERT_EQ(made.status, 200) << made.text;

  const auto look = [&](const std::string& how) {
    const std::string command = "node " + (source_dir() / "web/test/browser.mjs").string() + " --url http://127.0.0.1:" + std::to_string(port) +
                                " --email ann@shop.example --password " + kPassword + " --shots " + (winback.here() / "shots").string() + " " + how + " > " +
                                (winback.here() / "look.txt").string() + " 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream said{winback.here() / "look.txt"};
    EXPECT_EQ(status, 0) << std::string{std::istreambuf_iterator<char>{said}, {}};
  };
  look("--langs en --sizes desk --themes light");
  look("--langs zh-CN --sizes phone --themes dark");
  look("--langs zh-TW --sizes desk --themes dark --only home,customers,customer,plan,retention,reasons");
}

}  // namespace
}  // namespace tests
