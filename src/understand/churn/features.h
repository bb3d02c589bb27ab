#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/business.h"
#include "port/learner.h"
#include "port/warehouse.h"
#include "understand/history.h"

namespace understand::churn {

/// Event types that are no activity of the customer's, as an array of the engine.
inline constexpr const char* kPassive =
    "['message_sent','message_delivered','email_sent','email_bounced','opt_out','unsubscribe','spam_complaint',"
    "'need_ended','account_closed','course_completed','moved_away','left_reason','app_uninstalled','payment_failed',"
    "'return_closed','ticket_closed','delivery_started','delivery_finished']";

/// What was known of customers on the morning of a day, as the warehouse tells it: row by row, ordered by customer id.
/// NaN = not known.
struct FeatureTable {
  std::vector<std::string> columns;
  base::TextData customer_id;
  std::vector<float> x;

  std::size_t rows() const { return customer_id.size(); }
  float at(std::size_t row, std::size_t column) const { return x[row * columns.size() + column]; }
};

/// Facts of the days before `cut`, of a warehouse in which nothing from `seen_to` on is visible. Any number the engine
/// hands back under the statement `churn_features` is a feature under its own name.
base::Result<FeatureTable> features_at(port::Warehouse& warehouse, base::Day cut, base::Day seen_to, bool by_activity);

/// Days of activity as histories, for a business without orders; each day is worth nothing. Things that are done to a
/// customer or end the relation (a message sent, an opt-out) are no activity.
base::Result<Histories> load_activity(port::Warehouse& warehouse, base::Day before);

/// Purchases (or activity) of the days before `before`.
base::Result<Histories> load_known(port::Warehouse& warehouse, base::Day before, bool by_activity);

/// The same warehouse's facts seen at one cut, with the label: a row for each customer active then.
struct Snapshot {
  base::Day cut;
  std::vector<std::string> columns;
  std::vector<std::uint32_t> customer;  ///< row in `ids`
  base::TextData ids;                   ///< of every row
  std::vector<float> x;                 ///< row by row
  std::vector<float> left;              ///< 1: no purchase in [cut, cut + horizon); empty where that lies ahead
  std::vector<float> silent, gap, btyd;  ///< days; usual days; the BTYD chance of leaving, −1 without a model
  std::size_t known = 0;                ///< customers known then, active or not

  std::size_t rows() const { return silent.size(); }
  port::FeatureRows features() const { return {x, columns.size()}; }
};

struct SnapshotRequest {
  base::Day cut;
  std::int32_t horizon = 30;
  model::Business business;
  bool by_activity = false;
  base::Day seen_to;  ///< features see nothing from here on; usually the present
};

/// Everything a model may use at a cut, and for a cut in the past what became of it. `now` holds the present's histories:
/// labels come from it and nothing else does.
base::Result<Snapshot> snapshot_at(port::Warehouse& warehouse, const SnapshotRequest& request, const Histories* now);

}  // namespace understand::churn
