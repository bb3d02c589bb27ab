#include "adapter/clickhouse/session.h"

#include "adapter/clickhouse/child.h"

namespace adapter::clickhouse {

base::Result<std::unique_ptr<Session>> Session::open(const Config& config) {
  std::unique_ptr<Session> session{new Session{config}};
  Endpoint endpoint{.url = config.url, .socket = {}, .user = config.user, .password = config.password};
  while (endpoint.url.ends_with('/')) endpoint.url.pop_back();
  if (config.url.empty()) {
    WB_ASSIGN(session->socket_, warehouse_socket(config));
    endpoint = {.url = "http://winback-warehouse", .socket = session->socket_, .user = {}, .password = {}};
  } else if (!endpoint.url.starts_with("http://") && !endpoint.url.starts_with("https://")) {
    return base::fail(base::Code::invalid_input,
                      "'{}' is no address of a ClickHouse server; write `warehouse: http://host:8123` in winback.yaml",
                      config.url);
  }
  session->transport_ = std::make_unique<Transport>(std::move(endpoint));
  return session;
}

base::Result<void> Session::ensure_child() { return clickhouse::ensure_child(config_, socket_); }

}  // namespace adapter::clickhouse
