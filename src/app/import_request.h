#pragma once

#include <string>

#include "app/context.h"
#include "app/verbs.h"
#include "collect/import.h"
#include "text/language.h"

namespace app {

/// The kind of file named on the command line.
base::Result<model::ImportKind> parse_import_kind(const std::string& name);

/// What the command line says of one import, without file and rejects.
base::Result<collect::ImportRequest> import_request(const Context& context, const ImportOptions& options, const std::string& currency);

/// rejects.csv for one file; rejects-NAME.csv for each of several.
std::string rejects_path(const ImportOptions& options, const std::string& file);

/// What is printed of the recognised columns, unused ones and rejects.
std::string describe_reading(const collect::ImportSummary& summary, text::Language language);

/// `winback import consents | redemptions | codes OFFER | tickets | calls`, and `bounces`.
base::Result<void> run_import_records(const CommonOptions& common, const ImportOptions& options);
base::Result<void> run_import_bounces(const CommonOptions& common, const ImportOptions& options);

}  // namespace app
