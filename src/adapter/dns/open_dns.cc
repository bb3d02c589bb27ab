#include "adapter/dns/open_dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>

namespace adapter::dns {
namespace {

using base::Code;
using base::fail;
using base::Result;

class Resolver final : public port::Dns {
 public:
  explicit Resolver(DnsConfig config) : config_(std::move(config)) {}
  ~Resolver() override {
    if (ready_) res_nclose(&state_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  Result<void> start() {
    if (res_ninit(&state_) != 0) return fail(Code::internal, "the resolver of this machine could not be set up");
    ready_ = true;
    state_.retrans = static_cast<int>(std::max<std::int64_t>(1, config_.timeout.count()));
    state_.retry = 2;
    if (config_.server.empty()) return {};
    sockaddr_in& server = state_.nsaddr_list[0];
    server = {};
    server.sin_family = AF_INET;
    server.sin_port = htons(config_.port);
    if (inet_pton(AF_INET, config_.server.c_str(), &server.sin_addr) != 1)
      return fail(Code::invalid_input, "the DNS server '{}' is no IPv4 address", config_.server);
    state_.nscount = 1;
    return {};
  }

  Result<std::vector<std::string>> txt(const std::string& name) override {
    std::vector<std::string> texts;
    WB_TRY(ask(name, ns_t_txt, [&](ns_msg&, const ns_rr& record) {
      std::string text;
      const unsigned char* data = ns_rr_rdata(record);
      const unsigned char* end = data + ns_rr_rdlen(record);
      while (data < end) {
        const std::size_t size = std::min<std::size_t>(*data, static_cast<std::size_t>(end - data - 1));
        text.append(reinterpret_cast<const char*>(data + 1), size);
        data += 1 + size;
      }
      texts.push_back(std::move(text));
    }));
    return texts;
  }

  Result<std::vector<port::MailExchanger>> mx(const std::string& name) override {
    std::vector<port::MailExchanger> servers;
    WB_TRY(ask(name, ns_t_mx, [&](ns_msg& message, const ns_rr& record) {
      if (ns_rr_rdlen(record) < 3) return;
      const unsigned char* data = ns_rr_rdata(record);
      std::array<char, NS_MAXDNAME> host{};
      if (ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), data + 2, host.data(), host.size()) < 0) return;
      std::string text{host.data()};
      std::ranges::transform(text, text.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      servers.push_back({static_cast<std::uint16_t>(data[0] << 8 | data[1]), text.empty() ? "." : text});
    }));
    std::ranges::stable_sort(servers, {}, &port::MailExchanger::preference);
    return servers;
  }

 private:
  template <class Each>
  Result<void> ask(const std::string& name, ns_type type, const Each& each) {
    answer_.resize(NS_MAXMSG);
    const int size = res_nquery(&state_, name.c_str(), ns_c_in, type, answer_.data(), static_cast<int>(answer_.size()));
    if (size < 0) {
      if (state_.res_h_errno == HOST_NOT_FOUND || state_.res_h_errno == NO_DATA) return {};
      return fail(Code::unavailable,
                  "the DNS does not answer the question for {}; see that a name server can be reached", name);
    }
    ns_msg message{};
    if (ns_initparse(answer_.data(), std::min(size, static_cast<int>(answer_.size())), &message) != 0)
      return fail(Code::unavailable, "the DNS answers the question for {} with what cannot be read", name);
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
      ns_rr record{};
      if (ns_parserr(&message, ns_s_an, i, &record) != 0)
        return fail(Code::unavailable, "the DNS answers the question for {} with what cannot be read", name);
      if (ns_rr_type(record) == type) each(message, record);
    }
    return {};
  }

  const DnsConfig config_;
  struct __res_state state_ {};
  bool ready_ = false;
  std::vector<unsigned char> answer_;
};

}  // namespace

Result<std::unique_ptr<port::Dns>> open_dns(const DnsConfig& config) {
  auto resolver = std::make_unique<Resolver>(config);
  WB_TRY(resolver->start());
  return resolver;
}

}  // namespace adapter::dns
