#pragma once

#include "console/routes.h"

namespace console {

/// Adds every route of the console; makes the warehouse tables it reads.
base::Result<void> mount(entry::Gate& gate, http::Router& router, Workspace& at);

// Its parts, one for each page or two.
void mount_home(Routes& routes);
void mount_segments(Routes& routes);
void mount_shop(Routes& routes);       // analysis, reasons, models, jobs
void mount_plans(Routes& routes);
void mount_journeys(Routes& routes);   // journeys and their letters
void mount_campaigns(Routes& routes);
void mount_tasks(Routes& routes);
void mount_offers(Routes& routes);
void mount_channels(Routes& routes);
void mount_consent(Routes& routes);
void mount_imports(Routes& routes);    // imports and uploads
void mount_warehouse(Routes& routes);
void mount_settings(Routes& routes);

}  // namespace console
