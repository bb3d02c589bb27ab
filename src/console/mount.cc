#include "console/mount.h"

#include "console/customers.h"
#include "console/snapshot.h"

namespace console {

base::Result<void> mount(entry::Gate& gate, http::Router& router, Workspace& at) {
  WB_TRY(ensure_tables(at.warehouse));
  Routes routes{gate, router, at};
  mount_home(routes);
  mount_customers(routes);
  mount_segments(routes);
  mount_shop(routes);
  mount_plans(routes);
  mount_journeys(routes);
  mount_campaigns(routes);
  mount_tasks(routes);
  mount_offers(routes);
  mount_consent(routes);
  mount_channels(routes);
  mount_imports(routes);
  mount_warehouse(routes);
  mount_settings(routes);
  return {};
}

}  // namespace console
