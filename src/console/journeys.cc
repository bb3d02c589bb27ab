#include <algorithm>

#include <nlohmann/json.hpp>

#include "act/letter/letter.h"
#include "app/campaign_file.h"
#include "app/engine.h"
#include "app/journey_words.h"
#include "app/journey_yaml.h"
#include "app/letter_reader.h"
#include "app/outputs.h"
#include "console/graph.h"
#include "console/mount.h"

namespace console {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

/// What a letter's page may do in its frame: show itself. No script, no form, nothing from elsewhere but pictures.
constexpr std::string_view kLetterPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; frame-ancestors 'self'; sandbox";

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

bool known_name(const std::string& name) { return app::is_name(name, "-_"); }

/// A journey's own channels, each once.
std::vector<std::string> channels_of(const model::Journey& journey) {
  std::vector<std::string> channels;
  for (const model::Step& step : journey.steps) {
    const auto* message = std::get_if<model::MessageStep>(&step.what);
    if (message == nullptr) continue;
    for (const std::string& channel : message->channels) {
      if (std::ranges::find(channels, channel) == channels.end()) channels.push_back(channel);
    }
  }
  return channels;
}

ordered_json letters_json(const model::Journey& journey, const app::Desk& desk) {
  ordered_json letters = ordered_json::array();
  for (const std::string& id : app::letters_of(journey)) {
    const act::letter::Letter* letter = desk.letter(id);
    ordered_json languages = ordered_json::array();
    if (letter != nullptr) {
      for (const auto& variant : letter->variants) languages.push_back(act::letter::tag_of(variant.language));
    }
    letters.push_back({{"id", id}, {"languages", std::move(languages)}});
  }
  return letters;
}

/// "five-letters.yaml, line 12: …" in its parts.
ordered_json problem_json(const app::CampaignProblem& problem) {
  int line = 0;
  const std::size_t colon = problem.sentence.find(": ");
  std::string where = problem.sentence.substr(0, colon == std::string::npos ? 0 : colon);
  const std::string message = colon == std::string::npos ? problem.sentence : problem.sentence.substr(colon + 2);
  if (const std::size_t at = where.find(", line "); at != std::string::npos) {
    line = std::atoi(where.c_str() + at + 7);
    where.resize(at);
  }
  return {{"where", where}, {"line", line}, {"message", message}, {"fatal", problem.refuses}};
}

Result<Reply> list_journeys(const Ask& ask) {
  const auto language = static_cast<std::size_t>(ask.language);
  ordered_json list = ordered_json::array();
  const auto add = [&](const std::string& name, bool own) {
    const auto file = journey_named(ask.at, name);
    if (!file) {
      list.push_back({{"name", name}, {"title", name}, {"purpose", file.error().message}, {"own", own}, {"letters", 0}, {"channels", ordered_json::array()}});
      return;
    }
    const model::Journey& journey = file->journey;
    list.push_back({{"name", name}, {"title", journey.title[language]}, {"purpose", journey.about[language].empty() ? journey.topic : journey.about[language]}, {"own", own}, {"letters", app::letters_of(journey).size()}, {"channels", channels_of(journey)}});
  };
  std::vector<std::string> own;
  std::error_code problem;
  for (fs::directory_iterator at{ask.at.data / "journeys", problem}, end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() == ".yaml" && known_name(at->path().stem().string())) own.push_back(at->path().stem().string());
  }
  std::ranges::sort(own);
  for (const std::string& name : own) add(name, true);
  for (const std::string& name : app::shipped_journeys()) {
    if (std::ranges::find(own, name) == own.end()) add(name, false);
  }
  return Reply{dump({{"journeys", std::move(list)}})};
}

/// Everything about one journey's text.
Result<Reply> told(const Ask& ask, const std::string& name, const std::string& source, bool own) {
  ordered_json json{{"name", name}, {"own", own}, {"source", source}, {"graph", nullptr}, {"letters", ordered_json::array()}, {"problems", ordered_json::array()}};
  const auto journey = app::read_journey(source, name + ".yaml");
  if (!journey) {
    json["problems"].push_back(problem_json({journey.error().message, true}));
    return Reply{dump(json)};
  }
  WB_ASSIGN(app::Workplace place, app::open_workplace(ask.at.common, false));
  json["graph"] = ordered_json::parse(graph_json(*journey, {}, ask.language));
  json["letters"] = letters_json(*journey, *place.desk);
  const app::CampaignFile file{.name = name + ".yaml", .source = source, .journey = *journey};
  WB_ASSIGN(const auto problems, app::problems_of(file, *place.desk, *place.store, std::chrono::floor<std::chrono::days>(ask.at.clock.now())));
  for (const auto& problem : problems) json["problems"].push_back(problem_json(problem));
  return Reply{dump(json)};
}

Result<Reply> one_journey(const Ask& ask) {
  const std::string name = ask.part("name");
  WB_ASSIGN(const app::CampaignFile file, journey_named(ask.at, name));
  return told(ask, name, file.source, journey_path(ask.at, name).has_value());
}

Result<std::string> source_of(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object() || !body.contains("source") || !body["source"].is_string()) return fail(Code::invalid_input, "source is missing: the journey's YAML");
  std::string source = body["source"];
  if (source.size() > 60'000) return fail(Code::invalid_input, "source is longer than 60,000 bytes");
  return source;
}

Result<Reply> check_journey(const Ask& ask) {
  WB_ASSIGN(const std::string source, source_of(ask));
  return told(ask, ask.part("name"), source, journey_path(ask.at, ask.part("name")).has_value());
}

Result<Reply> keep_journey(const Ask& ask) {
  const std::string name = ask.part("name");
  if (!known_name(name)) return fail(Code::invalid_input, "a journey's name is 1 to 64 small letters, digits, - and _");
  WB_ASSIGN(const std::string source, source_of(ask));
  WB_ASSIGN(const model::Journey journey, app::read_journey(source, name + ".yaml"));
  if (journey.id != name) return fail(Code::invalid_input, "the journey calls itself '{}'; its id must be its name, '{}'", journey.id, name);
  WB_TRY(ask.at.audit(ask.caller, "keep_journey", name, ""));
  std::error_code problem;
  fs::create_directories(ask.at.data / "journeys", problem);
  WB_TRY(app::write_whole(ask.at.data / "journeys" / (name + ".yaml"), source));
  return told(ask, name, source, true);
}

/// The letter as this customer, or an invented one, will see it.
struct Seen {
  model::Content content;
  std::string preheader;
};

Result<Seen> see_letter(const Ask& ask) {
  WB_ASSIGN(app::Workplace place, app::open_workplace(ask.at.common, false));
  const std::string customer = ask.field("customer");
  const std::string language = ask.request.field("lang") ? std::string{text::name_of(ask.language)} : "";
  const auto data = app::reader_of(place, customer, language, ask.at.clock.now());
  if (!data && data.error().code == Code::not_found) return fail(Code::not_found, "the last analysis knows no customer '{}'", customer);
  if (!data) return std::unexpected(data.error());
  // A journey may send another's letter: then the whole id is asked for.
  const std::string letter_part = ask.part("letter");
  const std::string id = letter_part.find('/') != std::string::npos ? letter_part : ask.part("name") + "/" + letter_part;
  const act::letter::Letter* letter = place.desk->letter(id);
  if (letter == nullptr) return fail(Code::not_found, "there is no letter '{}'", id);
  const auto reader = act::letter::parse_language(data->customer.language).value_or(act::letter::Language::en);
  const base::Zone& clock = place.desk->zone({});
  Seen seen;
  WB_ASSIGN(seen.content, act::letter::render(place.desk->config().letters, *letter, act::letter::value_of(*data), {.reader = reader, .shop = reader, .now = ask.at.clock.now(), .zone = &clock}));
  return seen;
}

Result<Reply> letter_text(const Ask& ask) {
  WB_ASSIGN(const Seen seen, see_letter(ask));
  const std::string customer = ask.field("customer");
  return Reply{dump({{"subject", seen.content.subject}, {"preheader", seen.preheader}, {"text", seen.content.text}, {"language", seen.content.language},
                     {"customer_id", customer.empty() ? ordered_json(nullptr) : ordered_json(customer)}})};
}

Result<Reply> letter_page(const Ask& ask) {
  WB_ASSIGN(const Seen seen, see_letter(ask));
  return Reply{.body = seen.content.html, .type = "text/html; charset=utf-8", .policy = std::string{kLetterPolicy}};
}

}  // namespace

Result<app::CampaignFile> journey_named(const Workspace& at, const std::string& name) {
  // The terminal takes any file; who asks over the network gets the workspace's own journeys and shipped ones.
  if (const auto path = journey_path(at, name)) return app::read_campaign_file(*path);
  const auto shipped = app::shipped_journeys();
  if (std::ranges::find(shipped, name) == shipped.end()) return fail(Code::not_found, "there is no journey '{}'", name);
  WB_ASSIGN(const std::string_view source, app::shipped_journey(name));
  WB_ASSIGN(model::Journey journey, app::read_journey(source, name + ".yaml"));
  return app::CampaignFile{.name = name + ".yaml", .source = std::string{source}, .journey = std::move(journey)};
}

std::optional<std::string> journey_path(const Workspace& at, const std::string& name) {
  if (!known_name(name)) return std::nullopt;
  const fs::path path = at.data / "journeys" / (name + ".yaml");
  std::error_code problem;
  return fs::is_regular_file(path, problem) ? std::optional{path.string()} : std::nullopt;
}

std::string letters_of_json(const model::Journey& journey, const app::Desk& desk) { return letters_json(journey, desk).dump(); }

std::string problem_of_json(const app::CampaignProblem& problem) { return problem_json(problem).dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

void mount_journeys(Routes& routes) {
  routes.get("/api/journeys", list_journeys);
  routes.get("/api/journeys/:name", one_journey);
  routes.put("/api/journeys/:name", keep_journey);
  routes.post("/api/journeys/:name/check", check_journey);
  routes.get("/api/journeys/:name/letters/:letter", letter_text);
  routes.get("/api/journeys/:name/letters/:letter/page", letter_page);
}

}  // namespace console
