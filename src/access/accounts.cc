#include "access/accounts.h"

#include "access/front_door.h"
#include "access/office.h"
#include "access/oidc.h"

namespace entry {

Accounts::Accounts(port::ActStore& store, const port::Clock& clock, AccountsConfig config)
    : store_(store),
      clock_(clock),
      passwords_(config.cost),
      sessions_(store, clock, std::move(config.reach), config.life),
      audit_(store, clock),
      gate_(store, clock, sessions_, audit_),
      house_{store, clock, passwords_, sessions_, audit_, std::move(config.workspace), {}},
      front_door_(std::make_unique<FrontDoor>(house_)),
      office_(std::make_unique<Office>(house_)) {}

Accounts::~Accounts() = default;

void Accounts::mount(http::Router& router) {
  front_door_->mount(router, gate_);
  office_->mount(router, gate_);
  if (oidc_) oidc_->mount(router);
}

void Accounts::add_oidc(OidcConfig config, port::HttpClient& web) {
  house_.oidc_name = config.name;
  oidc_ = std::make_unique<Oidc>(house_, *front_door_, web, std::move(config));
}

base::Result<std::string> Accounts::setup_link(std::string_view host) {
  WB_ASSIGN(const bool needed, needs_setup(store_.users()));
  if (!needed) return std::string{};
  WB_ASSIGN(const std::string token, make_link(store_, "setup", 0, clock_.now()));
  return link_url(sessions_.reach(), host, "setup", token);
}

}  // namespace entry
