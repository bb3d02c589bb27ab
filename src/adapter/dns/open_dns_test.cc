#include "adapter/dns/open_dns.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <thread>

namespace adapter::dns {
namespace {

/// A name server on a UDP port of 127.0.0.1 that knows a few names.
class NameServer {
 public:
  using Key = std::pair<std::string, int>;  // name and type

  /// Records as their data goes over the wire. A name with an empty list exists without records; others do not exist.
  explicit NameServer(std::map<Key, std::vector<std::string>> records, int failure = 0)
      : records_(std::move(records)), failure_(failure), socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
  }
  ~NameServer() {
    thread_.request_stop();
    thread_.join();
    close(socket_);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  void serve(const std::stop_token& stop) {
    const timeval wait{0, 50'000};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    while (!stop.stop_requested()) {
      std::array<unsigned char, 1500> question{};
      sockaddr_in from{};
      socklen_t from_size = sizeof from;
      const ssize_t size =
          recvfrom(socket_, question.data(), question.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
      if (size < 17) continue;
      const std::string answer =
          reply({reinterpret_cast<const char*>(question.data()), static_cast<std::size_t>(size)});
      sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), from_size);
    }
  }

  std::string reply(const std::string& question) const {
    std::string name;
    std::size_t at = 12;
    while (question[at] != 0) {
      const auto length = static_cast<unsigned char>(question[at]);
      name += (name.empty() ? "" : ".") + question.substr(at + 1, length);
      at += 1 + length;
    }
    const int type = static_cast<unsigned char>(question[at + 1]) * 256 + static_cast<unsigned char>(question[at + 2]);
    const auto found = records_.find({name, type});
    const bool known = std::ranges::any_of(records_, [&](const auto& entry) { return entry.first.first == name; });
    const std::size_t count = found == records_.end() || failure_ != 0 ? 0 : found->second.size();
    std::string answer = question.substr(0, 2);
    answer += '\x81';
    answer += static_cast<char>(0x80 | (failure_ != 0 ? failure_ : known ? 0 : 3));
    answer += std::string{"\0\1\0", 3};
    answer += static_cast<char>(count);
    answer += std::string(4, '\0');
    answer += question.substr(12, at + 5 - 12);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string& data = found->second[i];
      answer += std::string{"\xC0\x0C\0", 3};
      answer += static_cast<char>(type);
      answer += std::string{"\0\1\0\0\0\x3C", 6};
      answer += static_cast<char>(data.size() / 256);
      answer += static_cast<char>(data.size() % 256);
      answer += data;
    }
    return answer;
  }

  std::map<Key, std::vector<std::string>> records_;
  int failure_;
  int socket_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

constexpr int kTxt = 16, kMx = 15;

std::string piece(const std::string& text) { return static_cast<char>(text.size()) + text; }

std::unique_ptr<port::Dns> dns_of(const NameServer& server) {
  auto dns = open_dns({"127.0.0.1", server.port(), std::chrono::seconds{1}});
  EXPECT_TRUE(dns);
  return std::move(*dns);
}

TEST(Dns, LongTextsArePutTogether) {
  const std::string first(255, 'a'), second(170, 'b');
  const NameServer server{
      {{{"s1._domainkey.shop.example", kTxt}, {piece("v=DKIM1; p=" + first.substr(11)) + piece(second)}},
       {{"shop.example", kTxt}, {piece("one"), piece(""), piece("two") + piece("")}}}};
  const auto dns = dns_of(server);
  const auto key = dns->txt("s1._domainkey.shop.example");
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(*key, std::vector<std::string>{"v=DKIM1; p=" + first.substr(11) + second});
  EXPECT_EQ(*dns->txt("shop.example"), (std::vector<std::string>{"one", "", "two"}));
}

TEST(Dns, ExchangersComeByPreference) {
  const NameServer server{
      {{{"shop.example", kMx},
        {std::string{"\0\x14\2MX", 5} + '\xC0' + '\x0C', std::string{"\0\x0A\3one\7example\0", 15}}},
       {{"none.example", kMx}, {std::string{"\0\0\0", 3}}}}};
  const auto dns = dns_of(server);
  const auto mx = dns->mx("shop.example");
  ASSERT_TRUE(mx) << mx.error().message;
  ASSERT_EQ(mx->size(), 2U);
  EXPECT_EQ((*mx)[0].host, "one.example");
  EXPECT_EQ((*mx)[0].preference, 10);
  EXPECT_EQ((*mx)[1].host, "mx.shop.example");
  EXPECT_EQ((*dns->mx("none.example"))[0].host, ".");
}

TEST(Dns, NothingThereIsNoFailure) {
  const NameServer server{{{{"shop.example", kMx}, {std::string{"\0\x0A\3one\7example\0", 15}}}}};
  const auto dns = dns_of(server);
  EXPECT_TRUE(dns->txt("shop.example")->empty());     // no such record
  EXPECT_TRUE(dns->txt("unknown.example")->empty());  // no such name
}

TEST(Dns, AServerThatFailsOrIsNotThereIsUnavailable) {
  const NameServer server{{}, 2};
  const auto failed = dns_of(server)->txt("shop.example");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, base::Code::unavailable);
  std::uint16_t port = 0;
  {
    const NameServer gone{{}};
    port = gone.port();
  }
  const auto silent = (*open_dns({"127.0.0.1", port, std::chrono::seconds{1}}))->txt("shop.example");
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, base::Code::unavailable);
  EXPECT_FALSE(open_dns({"dns.example", 53, std::chrono::seconds{1}}));
}

}  // namespace
}  // namespace adapter::dns
