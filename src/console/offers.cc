#include <algorithm>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "app/customer_facts.h"
#include "app/learned.h"
#include "app/outputs.h"
#include "app/presets.h"
#include "console/mount.h"
#include "console/snapshot.h"
#include "gen/files.h"

namespace console {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr double kNinety = 1.6448536269514722;
constexpr std::size_t kProducts = 500;

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

Result<Reply> offers(const Ask& ask) {
  const auto own_file = ask.at.data / "offers.yaml";
  std::error_code problem;
  const bool own = std::filesystem::is_regular_file(own_file, problem);
  WB_ASSIGN(const auto context, app::Context::open(ask.at.common, false));
  WB_ASSIGN(const model::Business business, app::load_business(context->settings().business, context->settings_file()));
  std::vector<model::Offer> known;
  std::string source;
  if (own) {
    std::ifstream in{own_file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    source = text.str();
    WB_ASSIGN(known, app::load_offers(own_file));
  } else {
    source = gen::file_text("presets/offers.yaml");
    WB_ASSIGN(known, app::preset_offers(business.offers));
  }
  WB_ASSIGN(model::Assumptions assumptions, app::load_assumptions(ask.at.data / "priors.yaml"));
  WB_ASSIGN(const app::Learned learned, app::learn(*context, assumptions));
  learned.response.tell(assumptions);
  ordered_json list = ordered_json::array();
  for (const model::Offer& offer : known) {
    const model::EffectPrior& effect = assumptions.effect[static_cast<std::size_t>(offer.kind)];
    list.push_back({{"id", offer.id},
                    {"name", offer.name[static_cast<std::size_t>(ask.language)]},
                    {"form", model::name_of(offer.kind)},
                    {"depth", offer.basket_share > 0 ? ordered_json(offer.basket_share) : offer.redemption_cost > 0 ? ordered_json(offer.redemption_cost) : ordered_json(nullptr)},
                    {"contact_cost", offer.contact_cost},
                    {"channels", {offer.channel}},
                    {"valid_days", offer.expires_days > 0 ? ordered_json(offer.expires_days) : ordered_json(nullptr)},
                    {"lift", {{"value", effect.mean}, {"low", effect.mean - kNinety * effect.sd}, {"high", effect.mean + kNinety * effect.sd}}},
                    {"assumed", !effect.measured}});
  }
  ordered_json accounts = ordered_json::array();
  WB_ASSIGN(const auto campaigns, ask.at.store.campaigns().list());
  for (const model::Campaign& campaign : campaigns) {
    WB_ASSIGN(const auto of_campaign, ask.at.store.codes().accounts(campaign.id));
    for (const model::CodeAccount& one : of_campaign) {
      accounts.push_back({{"campaign", one.campaign_id}, {"offer", one.offer_id}, {"budget", one.budget ? ordered_json(static_cast<double>(*one.budget) / 100) : ordered_json(nullptr)},
                          {"redeemed", static_cast<double>(one.redeemed) / 100}, {"outstanding", static_cast<double>(one.outstanding) / 100}, {"issued", one.issued_count}, {"used", one.redeemed_count}});
    }
  }
  ordered_json products = ordered_json::array();
  WB_ASSIGN(const app::Products sold, app::Products::load(ask.at.warehouse));
  for (std::size_t i = 0; i < sold.all().size() && i < kProducts; ++i) {
    const app::Product& one = sold.all()[i];
    products.push_back({{"sku", one.sku}, {"product", one.name}, {"category", one.category}, {"price", one.price}, {"stock", one.stock < 0 ? ordered_json(nullptr) : ordered_json(one.stock)}});
  }
  return Reply{dump({{"own", own}, {"source", source}, {"offers", std::move(list)}, {"accounts", std::move(accounts)}, {"products", std::move(products)}})};
}

Result<Reply> keep_offers(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object() || !body.contains("source") || !body["source"].is_string()) return fail(Code::invalid_input, "source is missing: the offers' YAML");
  const std::string source = body["source"];
  if (source.size() > 60'000) return fail(Code::invalid_input, "source is longer than 60,000 bytes");
  // Read from a file beside the real one: what cannot be read never takes its place.
  const auto trial = ask.at.data / "offers.check.yaml";
  WB_TRY(app::write_whole(trial, source));
  auto read = app::load_offers(trial);
  std::error_code ignored;
  std::filesystem::remove(trial, ignored);
  if (!read) return std::unexpected(read.error());
  WB_TRY(ask.at.audit(ask.caller, "keep_offers", "offers.yaml", ""));
  WB_TRY(app::write_whole(ask.at.data / "offers.yaml", source));
  return done();
}

}  // namespace

void mount_offers(Routes& routes) {
  routes.get("/api/offers", offers);
  routes.put("/api/offers", keep_offers);
}

}  // namespace console
