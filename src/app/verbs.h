#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/context.h"
#include "base/error.h"

namespace app {

// One function for each verb of the command line. Each prints its result (and nothing else) on standard output, progress
// on standard error, and returns an error for `run` to print.

struct ImportOptions {
  std::string kind;
  std::vector<std::string> files;
  std::vector<std::string> map;  ///< role=Heading
  std::string source;
  std::string currency;
  std::string fx;
  std::string zone;
  std::string date_format;
  std::string rejects = "rejects.csv";
  bool strict = false;
  bool again = false;
};
base::Result<void> run_import(const CommonOptions& common, const ImportOptions& options);
base::Result<void> run_imports_list(const CommonOptions& common);
base::Result<void> run_imports_undo(const CommonOptions& common, std::uint32_t id);

struct AnalyzeOptions {
  std::string as_of;
  std::string business;
};
base::Result<void> run_analyze(const CommonOptions& common, const AnalyzeOptions& options);

/// `winback churn`: who of the active may leave within a month.
struct ChurnOptions {
  std::size_t top = 20;
  std::string as_of;
  std::string business;
};
base::Result<void> run_churn(const CommonOptions& common, const ChurnOptions& options);

struct PlanOptions {
  std::string out = "winback-plan";
  std::string as_of;
  std::optional<double> budget;
  std::optional<double> margin;
  std::string offers;
  std::string where;
  std::vector<std::string> capacity;  ///< CHANNEL=approaches
  std::string preset = "shop";
  std::string business;
};
base::Result<void> run_plan(const CommonOptions& common, const PlanOptions& options);

struct ExportOptions {
  std::string plan;  ///< id; empty = the latest
  std::string system = "csv";
  std::string out;
};
base::Result<void> run_export_plan(const CommonOptions& common, const ExportOptions& options);

struct ReasonsOptions {
  std::string as_of;
  std::string business;
  std::string customer;  ///< one customer's reasons, with what speaks for them
};
base::Result<void> run_reasons(const CommonOptions& common, const ReasonsOptions& options);

/// `winback recommend`: what customers may buy next.
struct RecommendOptions {
  std::string customer;
  std::string plan;  ///< id or "latest": those it approaches
  std::string as_of;
  std::string out;   ///< CSV
  std::size_t count = 4;
};
base::Result<void> run_recommend(const CommonOptions& common, const RecommendOptions& options);

/// `winback profiles`: what marks the valuable and the winnable.
struct ProfilesOptions {
  std::string as_of;
  std::string business;
  std::string by = "expected_year";  ///< or spend_12m
  double top = 0.2;
};
base::Result<void> run_profiles(const CommonOptions& common, const ProfilesOptions& options);

/// `winback balance`: what the next unit of money brings in acquisition and in win-back.
struct BalanceOptions {
  std::string as_of;
  std::string business;
  std::string plan;  ///< id; empty = the latest, if there is one
};
base::Result<void> run_balance(const CommonOptions& common, const BalanceOptions& options);

base::Result<void> run_results(const CommonOptions& common, const std::string& plan);

struct SqlOptions {
  std::string query;
  std::string format;
};
base::Result<void> run_sql(const CommonOptions& common, const SqlOptions& options);

/// `winback fit MODEL`: on a plain table, or on the workspace's orders.
struct FitOptions {
  std::string model;
  std::string summary;           ///< empty: the workspace
  std::string unit;              ///< of the summary: day, week, month or year; empty = week
  std::string as_of;
  std::string until;             ///< predictions reach to this day
  std::optional<double> ahead;   ///< or this many time units
  std::optional<double> horizon; ///< of the discounted value, time units; none = without end
  std::string customer;
  double period = 30;            ///< days of an occasion, for bg_bb on the workspace
  double margin = 1;
  double discount = 10;          ///< per cent a year
};
base::Result<void> run_fit(const CommonOptions& common, const FitOptions& options);

/// `winback uplift …`: what a finished random campaign teaches.
struct UpliftOptions {
  std::string file, treatment, control, outcome, money, propensity, out;
  std::vector<std::string> ignore;
  std::vector<std::string> cost;   ///< ARM=amount
  std::vector<std::string> share;  ///< ARM=planned share
  bool observational = false;
  std::uint64_t seed = 1;
};
base::Result<void> run_uplift_evaluate(const CommonOptions& common, const UpliftOptions& options);
base::Result<void> run_uplift_fit(const CommonOptions& common, const UpliftOptions& options);

/// `winback compare-models`: every purchase model judged on a holdout.
struct CompareOptions {
  std::string summary;  ///< with x_star; empty: the workspace
  std::string holdout;
  std::string as_of;
};
base::Result<void> run_compare_models(const CommonOptions& common, const CompareOptions& options);

struct SimulateOptions {
  std::uint64_t customers = 5000;
  std::uint64_t seed = 1;
  std::string world;
  std::string out;
};
base::Result<void> run_simulate(const CommonOptions& common, const SimulateOptions& options);

/// `winback campaign …`. A journey is a file, or the name of a shipped one ("five-letters").
struct CampaignOptions {
  std::string journey;   ///< file or name; for pause, resume, status and results a campaign's id
  std::string plan;      ///< id; empty = the latest
  std::string by;        ///< who launches or approves
  std::string why;       ///< of a pause
  std::string out;       ///< folder of previews
  std::string customer;  ///< of previews and test sends; empty = an invented one
  std::string to;        ///< address of test sends
  std::string language;  ///< of test sends and invented customers
  std::optional<double> budget;
  bool move_running = false;
  bool without_domain_check = false;
  std::int32_t days = 60;
  std::uint64_t seed = 1;
  std::uint32_t customers = 2000;
};
base::Result<void> run_campaign_validate(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_diff(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_launch(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_approve(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_pause(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_resume(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_status(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_results(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_preview(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_test_send(const CommonOptions& common, const CampaignOptions& options);
base::Result<void> run_campaign_simulate(const CommonOptions& common, const CampaignOptions& options);

base::Result<void> run_key_new(const CommonOptions& common, const std::string& name, const std::vector<std::string>& scopes);
base::Result<void> run_key_list(const CommonOptions& common);
base::Result<void> run_key_revoke(const CommonOptions& common, const std::string& name);

/// `winback user …`: who may sign in to the console.
struct UserOptions {
  std::string email;
  std::string name;  ///< empty: the address
  std::string role = "marketer";
};
base::Result<void> run_user_add(const CommonOptions& common, const UserOptions& options);
base::Result<void> run_user_list(const CommonOptions& common);
base::Result<void> run_user_reset(const CommonOptions& common, const UserOptions& options);
base::Result<void> run_user_remove(const CommonOptions& common, const UserOptions& options);
base::Result<void> run_audit_verify(const CommonOptions& common);

/// `winback offers`: which form and depth for one customer, or how depths differ between groups of a plan.
struct OffersOptions {
  std::string customer;  ///< empty: the fairness of a plan
  std::string plan;      ///< id; empty = the latest
  std::string as_of;
  std::string business;
};
base::Result<void> run_offers(const CommonOptions& common, const OffersOptions& options);

/// What the workspace's own approaches taught; with a plan's id: that plan was not sent after all.
base::Result<void> run_learned(const CommonOptions& common, const std::string& not_sent);

/// What a game account is worth, with the reckoning.
struct AccountValueOptions {
  std::string customer;
  std::string as_of;
};
base::Result<void> run_account_value(const CommonOptions& common, const AccountValueOptions& options);

struct ChannelsOptions {
  std::int32_t days = 30;
  bool ask = false;
};
base::Result<void> run_channels(const CommonOptions& common, const ChannelsOptions& options);
base::Result<void> run_tasks_list(const CommonOptions& common);
base::Result<void> run_tasks_done(const CommonOptions& common, std::int64_t id, const std::string& outcome);

/// Surveys with who was invited, opened and answered; and what was answered.
base::Result<void> run_survey_list(const CommonOptions& common);
base::Result<void> run_survey_results(const CommonOptions& common, const std::string& name);

base::Result<void> run_erase(const CommonOptions& common, const std::string& customer);
base::Result<void> run_export_person(const CommonOptions& common, const std::string& customer);

/// `winback audience sync`: who is in an audience at a provider of advertising.
struct AudienceOptions {
  std::string name;
  std::string segment;  ///< a condition or the name of a segment; empty: those messages do not reach any more
  std::string file;     ///< a CSV of hashes instead of the provider
  bool dry_run = false;
};
base::Result<void> run_audience_sync(const CommonOptions& common, const AudienceOptions& options);

struct LetterOptions {
  std::string file;
  std::string out;  ///< empty: the same name with .html
};
base::Result<void> run_letter_compile(const CommonOptions& common, const LetterOptions& options);
base::Result<void> run_doctor(const CommonOptions& common);

/// Into a new folder, or one file when the name ends in .tar.
base::Result<void> run_backup(const CommonOptions& common, const std::string& target);
struct RestoreOptions {
  std::string backup;
  bool moved = false;  ///< the old folder has sent nothing since
};
base::Result<void> run_restore(const CommonOptions& common, const RestoreOptions& options);

}  // namespace app
