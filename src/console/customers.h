#pragma once

#include <string>

#include "console/rows.h"
#include "console/routes.h"

namespace console {

/// GET /api/customers
void mount_customer_list(Routes& routes);

/// /api/customers/{id} and what hangs under it, but for the story.
void mount_customers(Routes& routes);

/// /api/customers/{id}/story
void mount_story(Routes& routes);

/// What `console_customers` says of one, as a JSON object of api/openapi.yaml (CustomerRow).
std::string customer_row_json(const Row& row);

}  // namespace console
