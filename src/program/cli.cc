#include "program/cli.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "app/verbs.h"
#include "program/serve.h"
#include "text/language.h"

namespace program {

using namespace app;  // the verbs

namespace {

void common_options(CLI::App& verb, CommonOptions& common) {
  verb.add_option("--data", common.data, "The data folder")->capture_default_str();
  verb.add_option("--lang", common.language, "Language of what is printed: en, zh-CN or zh-TW");
  verb.add_flag("--json", common.json, "The same facts for programs");
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App program{std::string{text::say(text::Language::en, text::Word::program_purpose)}, "winback"};
  program.require_subcommand(1);
  program.set_version_flag("--version", "winback 0.1.0");
  CommonOptions common;
  base::Result<void> result;

  ImportOptions import;
  auto* import_verb = program.add_subcommand("import", "Bring files in: orders, customers, products, events, feedback, spend, consents, redemptions, codes or bounces");
  common_options(*import_verb, common);
  import_verb->add_option("kind", import.kind, "orders, customers, products, events, feedback, spend, consents, redemptions, codes (then the OFFER) or bounces")->required();
  import_verb->add_option("files", import.files, "CSV, TSV, JSON lines or Parquet, gzip or not; for bounces messages, an mbox or a Maildir")->required();
  import_verb->add_option("--map", import.map, "role=Heading, where a column is not recognised")->take_all()->expected(1);
  import_verb->add_option("--source", import.source, "Whose ids these are, when several systems are imported");
  import_verb->add_option("--currency", import.currency, "Of rows that name none, such as GBP");
  import_verb->add_option("--fx", import.fx, "Dated rates into the workspace's currency: date,currency,rate");
  import_verb->add_option("--zone", import.zone, "Of times without one, such as Europe/London");
  import_verb->add_option("--date-format", import.date_format, "dmy or mdy, where dates such as 3/4/2025 do not tell");
  import_verb->add_option("--rejects", import.rejects, "Where rows that cannot be read go")->capture_default_str();
  import_verb->add_flag("--strict", import.strict, "Refuse the whole file when a row cannot be read");
  import_verb->add_flag("--again", import.again, "Import although these bytes were imported before, as after an undo");
  import_verb->callback([&] { result = run_import(common, import); });

  auto* imports_verb = program.add_subcommand("imports", "What was imported; undo one import");
  imports_verb->require_subcommand(1);
  auto* list_verb = imports_verb->add_subcommand("list", "All imports, newest first");
  common_options(*list_verb, common);
  list_verb->callback([&] { result = run_imports_list(common); });
  std::uint32_t undo_id = 0;
  auto* undo_verb = imports_verb->add_subcommand("undo", "Take the rows of one import away again");
  common_options(*undo_verb, common);
  undo_verb->add_option("id", undo_id, "Its number in `imports list`")->required();
  undo_verb->callback([&] { result = run_imports_undo(common, undo_id); });

  AnalyzeOptions analyze;
  auto* analyze_verb = program.add_subcommand("analyze", "A profile of every customer, and where customers are lost here");
  common_options(*analyze_verb, common);
  analyze_verb->add_option("--as-of", analyze.as_of, "The day to look from (2011-12-10); default the day after the last order");
  analyze_verb->add_option("--business", analyze.business, "shop, grocery, fashion, saas, game, course, restaurant or durables");
  analyze_verb->callback([&] { result = run_analyze(common, analyze); });

  ReasonsOptions reasons;
  auto* reasons_verb = program.add_subcommand("reasons", "Why customers left, who can do something about it, and what");
  common_options(*reasons_verb, common);
  reasons_verb->add_option("--customer", reasons.customer, "One customer, with what speaks for each reason");
  reasons_verb->add_option("--as-of", reasons.as_of, "The day to look from (2011-12-10); default the day after the last order");
  reasons_verb->add_option("--business", reasons.business, "shop, grocery, fashion, saas, game, course, restaurant or durables");
  reasons_verb->callback([&] { result = run_reasons(common, reasons); });

  RecommendOptions recommend;
  auto* recommend_verb = program.add_subcommand("recommend", "What customers may buy next, and why");
  common_options(*recommend_verb, common);
  recommend_verb->add_option("--customer", recommend.customer, "One customer's list");
  recommend_verb->add_option("--for-plan", recommend.plan, "Those a plan approaches: its id, or latest");
  recommend_verb->add_option("--out", recommend.out, "A CSV file for everybody's lists");
  recommend_verb->add_option("--count", recommend.count, "Products a customer")->capture_default_str();
  recommend_verb->add_option("--as-of", recommend.as_of, "The day to look from; default the day of the last order");
  recommend_verb->callback([&] { result = run_recommend(common, recommend); });

  ProfilesOptions profiles;
  auto* profiles_verb = program.add_subcommand("profiles", "What marks the valuable and the winnable customers, ready as segments");
  common_options(*profiles_verb, common);
  profiles_verb->add_option("--by", profiles.by, "Value: expected_year or spend_12m")->capture_default_str();
  profiles_verb->add_option("--top", profiles.top, "The share that counts as top")->capture_default_str();
  profiles_verb->add_option("--as-of", profiles.as_of, "The day to look from (2011-12-10); default the day after the last order");
  profiles_verb->add_option("--business", profiles.business, "shop, grocery, fashion, saas, game, course or restaurant");
  profiles_verb->callback([&] { result = run_profiles(common, profiles); });

  BalanceOptions balance;
  auto* balance_verb = program.add_subcommand("balance", "Where the next unit of money earns more: new customers or win-back");
  common_options(*balance_verb, common);
  balance_verb->add_option("--as-of", balance.as_of, "The last day to look at (2011-12-09); default the day of the last order");
  balance_verb->add_option("--business", balance.business, "Whose margin: shop, grocery, fashion, saas, game, course or restaurant; default the plan's margin");
  balance_verb->add_option("--plan", balance.plan, "The plan to weigh; default the latest");
  balance_verb->callback([&] { result = run_balance(common, balance); });

  PlanOptions plan;
  double budget = -1, margin = -1;
  auto* plan_verb = program.add_subcommand("plan", "Who is worth an approach, with what, and what it should bring");
  common_options(*plan_verb, common);
  plan_verb->add_option("--out", plan.out, "The folder for the report and the lists")->capture_default_str();
  plan_verb->add_option("--budget", budget, "Money for contacts and incentives; default: everything worth it")->check(CLI::NonNegativeNumber);
  plan_verb->add_option("--margin", margin, "Contribution per unit of revenue, such as 0.4");
  plan_verb->add_option("--business", plan.business, "shop, grocery, fashion, saas, game, course, restaurant or durables");
  plan_verb->add_option("--capacity", plan.capacity, "How many approaches a channel can carry, such as email=5000")->take_all()->expected(1);
  plan_verb->add_option("--offers", plan.offers, "Your offers, in the form of presets/offers.yaml");
  plan_verb->add_option("--where", plan.where, "Only these customers: at_risk, or spend > 500 and country = 'France'");
  plan_verb->add_option("--preset", plan.preset, "Which lapsed customers: shop (own rhythm) or articles (6-12 months, top 30 %)")->capture_default_str();
  plan_verb->add_option("--as-of", plan.as_of, "The day to plan for; default the day after the last order");
  plan_verb->callback([&] {
    if (budget >= 0) plan.budget = budget;
    if (plan_verb->count("--margin") > 0) plan.margin = margin;
    result = run_plan(common, plan);
  });

  ExportOptions out;
  auto* export_verb = program.add_subcommand("export", "Hand a plan to the tools you send with today");
  export_verb->require_subcommand(1);
  auto* export_plan_verb = export_verb->add_subcommand("plan", "Contacts, offer, code and wave; held-out customers are absent");
  common_options(*export_plan_verb, common);
  export_plan_verb->add_option("plan", out.plan, "The plan's id; default the latest");
  export_plan_verb->add_option("--for", out.system, "csv, mailchimp, klaviyo or youzan")->capture_default_str();
  export_plan_verb->add_option("--out", out.out, "The file; default standard output");
  export_plan_verb->callback([&] { result = run_export_plan(common, out); });

  std::string results_plan;
  auto* results_verb = program.add_subcommand("results", "What a plan earned: treated against held out, in money");
  common_options(*results_verb, common);
  results_verb->add_option("plan", results_plan, "The plan's id; default the latest");
  results_verb->callback([&] { result = run_results(common, results_plan); });

  SqlOptions sql;
  auto* sql_verb = program.add_subcommand("sql", "Read-only SQL over the views of docs/formats.md");
  common_options(*sql_verb, common);
  sql_verb->add_option("query", sql.query, "SELECT … FROM v_profiles")->required();
  sql_verb->add_option("--format", sql.format, "A ClickHouse format; default a table on a terminal, TSV elsewhere");
  sql_verb->callback([&] { result = run_sql(common, sql); });

  FitOptions fit;
  auto* fit_verb = program.add_subcommand("fit", "Fit a model of repeat buying or spending, and ask it about a customer");
  common_options(*fit_verb, common);
  fit_verb->add_option("model", fit.model, "nbd, bg_nbd, pareto_nbd, mbg_nbd, bg_cnbd_k, mbg_cnbd_k, bg_bb or gamma_gamma")
      ->required()
      ->check(CLI::IsMember({"nbd", "bg_nbd", "pareto_nbd", "mbg_nbd", "bg_cnbd_k", "mbg_cnbd_k", "bg_bb", "gamma_gamma"}));
  fit_verb->add_option("--summary", fit.summary, "A table with a heading: x, t_x, T (and litt, zbar, id); default the workspace's orders");
  fit_verb->add_option("--unit", fit.unit, "Of the summary's times, for discounting; default week")->check(CLI::IsMember({"day", "week", "month", "year"}));
  fit_verb->add_option("--as-of", fit.as_of, "Use the workspace's orders up to this day");
  fit_verb->add_option("--until", fit.until, "Predict up to this day");
  fit_verb->add_option("--ahead", fit.ahead, "Predict this many time units instead; default a year")->check(CLI::PositiveNumber);
  fit_verb->add_option("--customer", fit.customer, "Predictions with intervals for this customer (a row number where a table has no ids)");
  fit_verb->add_option("--period", fit.period, "Days of one occasion, for bg_bb on the workspace's orders")->check(CLI::PositiveNumber)->capture_default_str();
  fit_verb->add_option("--margin", fit.margin, "Share of an order that stays, for the customer's value")->check(CLI::Range(0.0, 1.0))->capture_default_str();
  fit_verb->add_option("--discount", fit.discount, "Per cent a year, for the customer's value")->check(CLI::NonNegativeNumber)->capture_default_str();
  fit_verb->add_option("--horizon", fit.horizon, "Time units of the customer's value; default without end")->check(CLI::PositiveNumber);
  fit_verb->callback([&] { result = run_fit(common, fit); });

  CompareOptions compare;
  auto* compare_verb = program.add_subcommand("compare-models", "Every purchase model fitted on the past and judged on what followed, best first");
  common_options(*compare_verb, common);
  compare_verb->add_option("--summary", compare.summary, "A table of x, t_x, T and x_star; default the workspace's orders");
  compare_verb->add_option("--holdout", compare.holdout, "How long the judged part lasts: 39w or 273d (a plain number: days, or a table's units); default a quarter");
  compare_verb->add_option("--as-of", compare.as_of, "Use the workspace's orders up to this day");
  compare_verb->callback([&] { result = run_compare_models(common, compare); });

  SimulateOptions simulate;
  auto* simulate_verb = program.add_subcommand("simulate", "A shop with known truth");
  common_options(*simulate_verb, common);
  simulate_verb->add_option("--customers", simulate.customers, "How many customers ever buy")->capture_default_str();
  simulate_verb->add_option("--seed", simulate.seed, "The same seed makes the same bytes")->capture_default_str();
  simulate_verb->add_option("--world", simulate.world, "The world's YAML; default presets/world.yaml");
  simulate_verb->add_option("--out", simulate.out, "The folder for its files")->required();
  simulate_verb->callback([&] { result = run_simulate(common, simulate); });

  AudienceOptions audience;
  auto* audience_verb = program.add_subcommand("audience", "People at providers of advertising");
  audience_verb->require_subcommand(1);
  auto* audience_sync = audience_verb->add_subcommand("sync", "Puts in and takes out who should be, with consent of their own");
  common_options(*audience_sync, common);
  audience_sync->add_option("name", audience.name, "The audience's name in winback.yaml, which is the topic of the consent too")->required();
  audience_sync->add_option("--segment", audience.segment, "A condition or the name of a segment; default those messages do not reach any more");
  audience_sync->add_option("--file", audience.file, "Write a CSV of hashes instead of calling the provider");
  audience_sync->add_flag("--dry-run", audience.dry_run, "Only count");
  audience_sync->callback([&] { result = run_audience_sync(common, audience); });

  CampaignOptions campaign;
  auto* campaign_verb = program.add_subcommand("campaign", "Journeys: check, launch, watch, and what they brought");
  campaign_verb->require_subcommand(1);
  const auto campaign_step = [&](const char* name, const char* what, base::Result<void> (*run_step)(const CommonOptions&, const CampaignOptions&)) {
    auto* verb = campaign_verb->add_subcommand(name, what);
    common_options(*verb, common);
    verb->callback([&, run_step] { result = run_step(common, campaign); });
    return verb;
  };
  const auto journey_file = [&](CLI::App* verb) { verb->add_option("journey", campaign.journey, "A YAML file, or a shipped one: five-letters, welcome-back")->required(); };
  const auto campaign_id = [&](CLI::App* verb) { return verb->add_option("campaign", campaign.journey, "Its id in `campaign status`"); };
  const auto plan_id = [&](CLI::App* verb) { verb->add_option("--plan", campaign.plan, "The plan's id; default the latest"); };
  journey_file(campaign_step("validate", "Everything that speaks against launching it, with file and line", run_campaign_validate));
  journey_file(campaign_step("diff", "What changes against the version that runs", run_campaign_diff));
  auto* launch_verb = campaign_step("launch", "Let customers in; letters leave while `winback serve` runs", run_campaign_launch);
  journey_file(launch_verb);
  plan_id(launch_verb);
  double campaign_budget = -1;
  launch_verb->add_option("--budget", campaign_budget, "Money for incentives; default the plan's")->check(CLI::NonNegativeNumber)->each([&](const std::string& text) { campaign.budget = std::stod(text); });
  launch_verb->add_option("--by", campaign.by, "Who launches it");
  launch_verb->add_flag("--move-running", campaign.move_running, "Customers on their way go on with the new version");
  launch_verb->add_flag("--without-domain-check", campaign.without_domain_check, "Do not ask the DNS whether the sending domain is in order");
  auto* approve_verb = campaign_step("approve", "A second person's word for a costly launch", run_campaign_approve);
  journey_file(approve_verb);
  plan_id(approve_verb);
  approve_verb->add_option("--by", campaign.by, "Who approves")->required();
  auto* pause_verb = campaign_step("pause", "Stand still: nobody enters, nothing is sent", run_campaign_pause);
  campaign_id(pause_verb)->required();
  pause_verb->add_option("--why", campaign.why, "Shown to everyone who looks");
  campaign_id(campaign_step("resume", "Go on", run_campaign_resume))->required();
  campaign_id(campaign_step("status", "Where customers stand, what was sent, what was not and why", run_campaign_status));
  campaign_id(campaign_step("results", "What it brought: everyone assigned against everyone held out", run_campaign_results))->required();
  auto* preview_verb = campaign_step("preview", "Letters as a customer will see them, as files", run_campaign_preview);
  preview_verb->add_option("journey", campaign.journey, "A journey, or one letter such as five-letters/memory")->required();
  preview_verb->add_option("--customer", campaign.customer, "A customer's id; default an invented one");
  preview_verb->add_option("--language", campaign.language, "en, zh-CN or zh-TW");
  preview_verb->add_option("--out", campaign.out, "The folder")->required();
  auto* test_send_verb = campaign_step("test-send", "Send one letter to yourself", run_campaign_test_send);
  test_send_verb->add_option("letter", campaign.journey, "Such as five-letters/memory")->required();
  test_send_verb->add_option("--to", campaign.to, "The address")->required();
  test_send_verb->add_option("--customer", campaign.customer, "A customer's id; default an invented one");
  test_send_verb->add_option("--language", campaign.language, "en, zh-CN or zh-TW");
  auto* rehearse_verb = campaign_step("simulate", "Walk customers through it by a fast clock; nothing leaves", run_campaign_simulate);
  journey_file(rehearse_verb);
  plan_id(rehearse_verb);
  rehearse_verb->add_option("--days", campaign.days, "How long")->capture_default_str()->check(CLI::Range(1, 1000));
  rehearse_verb->add_option("--customers", campaign.customers, "At most so many")->capture_default_str();
  rehearse_verb->add_option("--seed", campaign.seed, "The same seed, the same run")->capture_default_str();

  std::string key_name;
  auto* key_verb = program.add_subcommand("key", "Keys of programs that use the API");
  key_verb->require_subcommand(1);
  auto* key_new_verb = key_verb->add_subcommand("new", "Make one; it is shown once");
  common_options(*key_new_verb, common);
  key_new_verb->add_option("--name", key_name, "Which program has it, such as shop")->required();
  std::vector<std::string> key_scopes;
  key_new_verb->add_option("--scope", key_scopes, "What it opens: inbox, codes, responses, bounces (these four when nothing is said), events, console:read, metrics")->delimiter(',');
  key_new_verb->callback([&] { result = run_key_new(common, key_name, key_scopes); });
  auto* key_list_verb = key_verb->add_subcommand("list", "Which programs have one");
  common_options(*key_list_verb, common);
  key_list_verb->callback([&] { result = run_key_list(common); });
  auto* key_revoke_verb = key_verb->add_subcommand("revoke", "End one at once");
  common_options(*key_revoke_verb, common);
  key_revoke_verb->add_option("name", key_name, "Its name in `key list`")->required();
  key_revoke_verb->callback([&] { result = run_key_revoke(common, key_name); });

  OffersOptions offers;
  auto* offers_verb = program.add_subcommand("offers", "Which form and depth of an offer for one customer; without one: do a plan's depths differ between groups?");
  common_options(*offers_verb, common);
  offers_verb->add_option("--customer", offers.customer, "The id, as it was imported");
  offers_verb->add_option("--plan", offers.plan, "Its id; default the latest");
  offers_verb->add_option("--as-of", offers.as_of, "The day to look from");
  offers_verb->add_option("--business", offers.business, "What counts as lapsed and returned");
  offers_verb->callback([&] { result = run_offers(common, offers); });

  std::string not_sent;
  auto* learned_verb = program.add_subcommand("learned", "What your own approaches taught: how customers answer which offer");
  common_options(*learned_verb, common);
  learned_verb->add_option("--not-sent", not_sent, "This plan was exported but never used: learn nothing from it");
  learned_verb->callback([&] { result = run_learned(common, not_sent); });

  AccountValueOptions account;
  auto* account_verb = program.add_subcommand("account-value", "What a game account is worth, from what was paid, found and played");
  common_options(*account_verb, common);
  account_verb->add_option("customer", account.customer, "The customer's id")->required();
  account_verb->add_option("--as-of", account.as_of, "As of this day; default the last event's");
  account_verb->callback([&] { result = run_account_value(common, account); });

  std::int64_t task_id = 0;
  std::string outcome;
  ChannelsOptions channels;
  auto* channels_verb = program.add_subcommand("channels", "How each channel stands: reach, what was taken and refused, what is wrong with it");
  common_options(*channels_verb, common);
  channels_verb->add_option("--days", channels.days, "How far back it looks")->check(CLI::Range(1, 365))->capture_default_str();
  channels_verb->add_flag("--ask", channels.ask, "Ask the providers now whether messages could go; reaches no customer");
  channels_verb->callback([&] { result = run_channels(common, channels); });

  auto* tasks_verb = program.add_subcommand("tasks", "What journeys ask people to do");
  tasks_verb->require_subcommand(1);
  auto* tasks_list_verb = tasks_verb->add_subcommand("list", "Open tasks, earliest deadline first");
  common_options(*tasks_list_verb, common);
  tasks_list_verb->callback([&] { result = run_tasks_list(common); });
  auto* tasks_done_verb = tasks_verb->add_subcommand("done", "Finish one");
  common_options(*tasks_done_verb, common);
  tasks_done_verb->add_option("id", task_id, "Its number in `tasks list`")->required();
  tasks_done_verb->add_option("--outcome", outcome, "What came of it")->required();
  tasks_done_verb->callback([&] { result = run_tasks_done(common, task_id, outcome); });

  std::string survey_name;
  auto* survey_verb = program.add_subcommand("survey", "What customers are asked, and what they answered");
  survey_verb->require_subcommand(1);
  auto* survey_list_verb = survey_verb->add_subcommand("list", "Surveys with how many were invited, opened and answered them");
  common_options(*survey_list_verb, common);
  survey_list_verb->callback([&] { result = run_survey_list(common); });
  auto* survey_results_verb = survey_verb->add_subcommand("results", "Answers to each question, with intervals");
  common_options(*survey_results_verb, common);
  survey_results_verb->add_option("name", survey_name, "Its name in `survey list`")->required();
  survey_results_verb->callback([&] { result = run_survey_results(common, survey_name); });

  std::string customer;
  auto* erase_verb = program.add_subcommand("erase", "Delete what names or describes a customer, and never write to them again");
  common_options(*erase_verb, common);
  erase_verb->add_option("customer", customer, "The id, as it was imported")->required();
  erase_verb->callback([&] { result = run_erase(common, customer); });
  auto* person_verb = program.add_subcommand("export-person", "Everything held about a customer, as JSON");
  common_options(*person_verb, common);
  person_verb->add_option("customer", customer, "The id, as it was imported")->required();
  person_verb->callback([&] { result = run_export_person(common, customer); });

  LetterOptions letter;
  auto* letter_verb = program.add_subcommand("letter", "Letters of your own");
  letter_verb->require_subcommand(1);
  auto* compile_verb = letter_verb->add_subcommand("compile", "MJML to HTML, to look at it while writing");
  common_options(*compile_verb, common);
  compile_verb->add_option("file", letter.file, "The .mjml file")->required();
  compile_verb->add_option("--out", letter.out, "Default: beside it, as .html");
  compile_verb->callback([&] { result = run_letter_compile(common, letter); });

  auto* doctor_verb = program.add_subcommand("doctor", "Check the set-up: settings, mail domain, letters, warehouse");
  common_options(*doctor_verb, common);
  doctor_verb->callback([&] { result = run_doctor(common); });

  UpliftOptions uplift;
  auto* uplift_verb = program.add_subcommand("uplift", "What a finished random campaign teaches: whom a treatment moves, and whether choosing pays");
  uplift_verb->require_subcommand(1);
  const auto uplift_step = [&](const char* name, const char* what, base::Result<void> (*run_step)(const CommonOptions&, const UpliftOptions&)) {
    auto* verb = uplift_verb->add_subcommand(name, what);
    common_options(*verb, common);
    verb->add_option("file", uplift.file, "One row a customer: CSV, TSV, JSON lines or Parquet, gzip or not")->required();
    verb->add_option("--treatment", uplift.treatment, "The column that says which arm a customer was in")->required();
    verb->add_option("--control", uplift.control, "Its value for those who got nothing")->required();
    verb->add_option("--outcome", uplift.outcome, "The column with what came of it, a number (0 and 1 for yes or no)")->required();
    verb->add_option("--outcome-money", uplift.money, "A second outcome, in money; costs are set against it");
    verb->add_option("--propensity", uplift.propensity, "The column with the chance of the arm a customer got");
    verb->add_option("--ignore", uplift.ignore, "A column that was not known beforehand, or is of no use")->take_all()->expected(1);
    verb->add_option("--cost", uplift.cost, "ARM=0.1: what one approach costs")->take_all()->expected(1);
    verb->add_option("--share", uplift.share, "ARM=0.5: the planned share of each arm, to check the draw")->take_all()->expected(1);
    verb->add_flag("--observational", uplift.observational, "Nobody drew lots: estimate from the columns who was likely to be treated");
    verb->add_option("--seed", uplift.seed, "Of the folds")->capture_default_str();
    verb->callback([&, run_step] { result = run_step(common, uplift); });
    return verb;
  };
  uplift_step("evaluate", "Checks, effects with intervals, and the worth of choosing, all out of sample", run_uplift_evaluate);
  uplift_step("fit", "The same, and a model with a score for each row", run_uplift_fit)->add_option("--out", uplift.out, "The file for the model; scores go beside it")->required();

  ChurnOptions churn;
  auto* churn_verb = program.add_subcommand("churn", "Who of the active may leave in the next 30 days, why, and what is at stake");
  common_options(*churn_verb, common);
  churn_verb->add_option("--top", churn.top, "How many customers to list, most at stake first; all are stored in v_churn")->capture_default_str();
  churn_verb->add_option("--as-of", churn.as_of, "The morning it is made, YYYY-MM-DD; default the day after the last order");
  churn_verb->add_option("--business", churn.business, "Kind of business; default the settings'");
  churn_verb->callback([&] { result = run_churn(common, churn); });

  UserOptions user;
  auto* user_verb = program.add_subcommand("user", "Who may sign in to the console");
  user_verb->require_subcommand(1);
  const auto user_step = [&](const char* name, const char* what, base::Result<void> (*run_step)(const CommonOptions&, const UserOptions&)) {
    auto* verb = user_verb->add_subcommand(name, what);
    common_options(*verb, common);
    verb->add_option("email", user.email, "Their e-mail address")->required();
    verb->callback([&, run_step] { result = run_step(common, user); });
    return verb;
  };
  auto* user_add_verb = user_step("add", "Invite somebody; prints a link by which they choose a password", run_user_add);
  user_add_verb->add_option("--name", user.name, "What they are called; default the address");
  user_add_verb->add_option("--role", user.role, "owner, marketer, analyst, agent or read_only")->capture_default_str();
  user_step("reset", "Print a one-time link to choose a new password", run_user_reset);
  user_step("remove", "Take an account away; what it did stays in the audit log", run_user_remove);
  auto* user_list_verb = user_verb->add_subcommand("list", "Everybody with an account");
  common_options(*user_list_verb, common);
  user_list_verb->callback([&] { result = run_user_list(common); });

  auto* audit_verb = program.add_subcommand("audit", "The log of who did what");
  audit_verb->require_subcommand(1);
  auto* audit_verify_verb = audit_verb->add_subcommand("verify", "Whether nothing in it was changed");
  common_options(*audit_verify_verb, common);
  audit_verify_verb->callback([&] { result = run_audit_verify(common); });

  std::string backup_target;
  auto* backup_verb = program.add_subcommand("backup", "Everything of the data folder into a new folder or a .tar file, also while it serves");
  common_options(*backup_verb, common);
  backup_verb->add_option("target", backup_target, "A folder that is not there yet, or a name that ends in .tar")->required();
  backup_verb->callback([&] { result = run_backup(common, backup_target); });
  RestoreOptions restore;
  auto* restore_verb = program.add_subcommand("restore", "Make a new data folder (--data) of a backup");
  common_options(*restore_verb, common);
  restore_verb->add_option("backup", restore.backup, "What `winback backup` made")->required();
  restore_verb->add_flag("--moved", restore.moved, "The old folder has sent nothing since: campaigns go on by themselves");
  restore_verb->callback([&] { result = run_restore(common, restore); });

  ServeOptions serve;
  auto* serve_verb = program.add_subcommand("serve", "Send what was launched, and serve the pages letters lead to");
  common_options(*serve_verb, common);
  serve_verb->add_option("--listen", serve.listen, "Address and port; default the settings', else 127.0.0.1:8080");
  serve_verb->callback([&] { result = run_serve(common, serve); });

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return program.exit(problem) == 0 ? 0 : 2;
  } catch (const std::exception& problem) {
    std::fputs(fmt::format("winback: {}\n", problem.what()).c_str(), stderr);
    return 1;
  }
  if (result) return 0;
  std::fputs(fmt::format("winback: {}\n", result.error().message).c_str(), stderr);
  return 1;
}

}  // namespace program
