#include "tests/e2e/delivery_shop.h"

#include <gtest/gtest.h>

#include "adapter/sqlite/open_sqlite.h"

namespace tests {

void make_shop(const Program& winback, int customers, std::string_view settings) {
  const Ran made = winback({"simulate", "--customers", std::to_string(customers), "--seed", "7", "--out", "shop"});
  ASSERT_EQ(made.status, 0) << made.err;
  std::filesystem::create_directories(winback.data());
  write_file(winback.data() / "winback.yaml", settings);
  for (const char* kind : {"products", "customers", "orders"}) {
    const Ran ran = winback({"import", kind, fmt::format("shop/{}.csv", kind)});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  const Ran analyzed = winback({"analyze"});
  ASSERT_EQ(analyzed.status, 0) << analyzed.err;
  const Ran planned = winback({"plan"});
  ASSERT_EQ(planned.status, 0) << planned.err;
}

std::unique_ptr<port::ActStore> store_of(const Program& winback) {
  auto store = adapter::sqlite::open_sqlite(winback.data() / "store.sqlite");
  WB_CHECK(store.has_value());
  return std::move(*store);
}

void launched_at(port::ActStore& store, std::string_view campaign, base::Instant at) {
  auto found = store.campaigns().find(campaign);
  ASSERT_TRUE(found && *found);
  (*found)->launched_at = at;
  ASSERT_TRUE(store.campaigns().save(**found));
}

std::string header_of(std::string_view letter, std::string_view name) {
  const std::string_view head = letter.substr(0, letter.find("\r\n\r\n"));
  std::size_t at = 0;
  const std::string wanted = fmt::format("{}:", name);
  for (; at < head.size() && !head.substr(at).starts_with(wanted); at = head.find("\r\n", at) == head.npos ? head.size() : head.find("\r\n", at) + 2) {
  }
  if (at >= head.size()) return {};
  std::string value;
  at += wanted.size();
  for (;;) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    value += head.substr(at, end - at);
    if (end + 2 >= head.size() || (head[end + 2] != ' ' && head[end + 2] != '\t')) break;
    at = end + 2;
  }
  const std::size_t first = value.find_first_not_of(' ');
  return first == value.npos ? std::string{} : value.substr(first);
}

std::string unsubscribe_path(std::string_view letter) {
  const std::string value = header_of(letter, "List-Unsubscribe");
  const std::size_t at = value.find("/u/");
  return at == value.npos ? std::string{} : value.substr(at, value.find('>') - at);
}

}  // namespace tests
