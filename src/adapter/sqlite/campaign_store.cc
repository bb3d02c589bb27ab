#include <bit>

#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;

model::Campaign read_campaign(const Statement& row) {
  return {.id = row.text(0),
          .journey = row.text(1),
          .state = static_cast<model::CampaignState>(row.integer(2)),
          .pause_reason = row.text(3),
          .version = static_cast<std::uint32_t>(row.integer(4)),
          .topic = row.text(5),
          .plan_id = row.text(6),
          .salt = std::bit_cast<std::uint64_t>(row.integer(7)),
          .holdout_share = row.real(8),
          .launched_at = moment_at(row, 9)};
}

class SqliteCampaigns final : public port::CampaignStore {
 public:
  explicit SqliteCampaigns(const Database& database) : database_(database) {}

  base::Result<void> save(const model::Campaign& campaign) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::save_campaign));
    return insert.bind("$id", campaign.id)
        .bind("$journey", campaign.journey)
        .bind("$state", static_cast<std::int64_t>(campaign.state))
        .bind("$pause_reason", campaign.pause_reason)
        .bind("$version", std::int64_t{campaign.version})
        .bind("$topic", campaign.topic)
        .bind("$plan_id", campaign.plan_id)
        .bind("$salt", std::bit_cast<std::int64_t>(campaign.salt))
        .bind("$holdout_share", campaign.holdout_share)
        .bind("$launched_at", base::millis(campaign.launched_at))
        .run();
  }

  base::Result<std::optional<model::Campaign>> find(std::string_view id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_campaign));
    select.bind("$id", id);
    return first_row<model::Campaign>(select, read_campaign);
  }

  base::Result<std::vector<model::Campaign>> list() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_campaigns));
    return all_rows<model::Campaign>(select, read_campaign);
  }

  base::Result<void> add_version(const model::CampaignVersion& version) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_campaign_version));
    return insert.bind("$campaign_id", version.campaign_id)
        .bind("$version", std::int64_t{version.version})
        .bind("$source", version.source)
        .bind("$launched_at", base::millis(version.launched_at))
        .bind("$launched_by", version.launched_by)
        .run();
  }

  base::Result<std::optional<model::CampaignVersion>> version(std::string_view campaign, std::uint32_t number) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_campaign_version));
    select.bind("$campaign_id", campaign).bind("$version", std::int64_t{number});
    return first_row<model::CampaignVersion>(select, [](const Statement& row) {
      return model::CampaignVersion{.campaign_id = row.text(0),
                                    .version = static_cast<std::uint32_t>(row.integer(1)),
                                    .source = row.text(2),
                                    .launched_at = moment_at(row, 3),
                                    .launched_by = row.text(4)};
    });
  }

  base::Result<void> approve(const model::Approval& approval) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::approve));
    return insert.bind("$checksum", approval.checksum)
        .bind("$approved_by", approval.by)
        .bind("$journey", approval.journey)
        .bind("$amount", approval.amount)
        .bind("$at", base::millis(approval.at))
        .run();
  }

  base::Result<std::vector<model::Approval>> approvals(std::string_view checksum) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_approvals));
    select.bind("$checksum", checksum);
    return all_rows<model::Approval>(select, [](const Statement& row) {
      return model::Approval{.journey = row.text(0),
                             .checksum = row.text(1),
                             .by = row.text(2),
                             .amount = row.real(3),
                             .at = moment_at(row, 4)};
    });
  }

  base::Result<std::int64_t> offset(std::string_view name) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_reading));
    WB_ASSIGN(const bool there, select.bind("$name", name).step());
    return there ? select.integer(0) : 0;
  }

  base::Result<void> set_offset(std::string_view name, std::int64_t value) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::save_reading));
    return insert.bind("$name", name).bind("$value", value).run();
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::CampaignStore> campaign_store(const Database& database) {
  return std::make_unique<SqliteCampaigns>(database);
}

}  // namespace adapter::sqlite
