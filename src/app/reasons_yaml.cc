#include "app/reasons_yaml.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "gen/files.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using model::ReasonRules;

namespace {

constexpr const char* kLanguages[] = {"en", "zh-CN", "zh-TW"};

template <class T>
T& entry_of(std::vector<T>& all, const std::string& id) {
  for (T& one : all) {
    if (one.id == id) return one;
  }
  all.emplace_back();
  all.back().id = id;
  all.back().name = {id, id, id};
  return all.back();
}

void read_names(Fields& fields, model::InLanguages& name) {
  for (std::size_t l = 0; l < std::size(kLanguages); ++l) fields.text(kLanguages[l], name[l]);
}

Result<void> read_playbook(const YAML::Node& node, std::string_view where, model::Playbook& playbook) {
  for (std::size_t l = 0; l < std::size(kLanguages); ++l) {
    const YAML::Node in = node[kLanguages[l]];
    if (!in) continue;
    if (!in.IsMap()) return yaml_error(in, where, "expected a name and a text");
    Fields fields{in, where};
    fields.text("name", playbook.name[l]);
    fields.text("text", playbook.text[l]);
    WB_TRY(fields.finish());
  }
  Fields fields{node, where};
  for (const char* const language : kLanguages) fields.other(language);
  return fields.finish();
}

Result<void> read_reason(const YAML::Node& node, std::string_view where, model::Reason& reason) {
  Fields fields{node, where};
  read_names(fields, reason.name);
  std::string actor{model::name_of(reason.actor)};
  fields.text("actor", actor);
  fields.text("playbook", reason.playbook);
  fields.flag("blocks", reason.blocks);
  fields.number("share", reason.share, 0, 1e6);
  const std::vector<YAML::Node> business = fields.list("business");
  const std::vector<YAML::Node> also = fields.list("also");
  WB_TRY(fields.finish());
  bool known = false;
  for (const model::Actor one : {model::Actor::product, model::Actor::operations, model::Actor::nobody}) {
    if (model::name_of(one) != actor) continue;
    reason.actor = one;
    known = true;
  }
  if (!known) return yaml_error(node, where, fmt::format("actor must be product, operations or nobody, not '{}'", actor));
  if (node["business"]) reason.business.clear();
  for (const YAML::Node& one : business) reason.business.push_back(one.Scalar());
  if (node["also"]) reason.also.clear();
  for (const YAML::Node& one : also) reason.also.push_back(one.Scalar());
  return {};
}

Result<void> read_signal(const YAML::Node& node, std::string_view where, model::Signal& signal) {
  Fields fields{node, where};
  read_names(fields, signal.name);
  std::string source{model::name_of(signal.source)};
  fields.text("source", source);
  fields.other("ratios");
  WB_TRY(fields.finish());
  bool known = false;
  for (const auto one : {model::EvidenceSource::transactions, model::EvidenceSource::paths, model::EvidenceSource::words}) {
    if (model::name_of(one) != source) continue;
    signal.source = one;
    known = true;
  }
  if (!known) return yaml_error(node, where, fmt::format("source must be transactions, paths or words, not '{}'", source));
  const YAML::Node ratios = node["ratios"];
  if (!ratios) return {};
  if (!ratios.IsMap()) return yaml_error(ratios, where, "ratios are written as reason: number");
  for (const auto& pair : ratios) {
    double ratio = 0;
    if (!YAML::convert<double>::decode(pair.second, ratio) || !(ratio >= 0.01 && ratio <= 100)) {
      return yaml_error(pair.second, where, "a ratio is a number from 0.01 to 100");
    }
    signal.ratios[pair.first.Scalar()] = ratio;
  }
  return {};
}

template <class T, class Read>
Result<void> read_section(const YAML::Node& root, const char* name, std::string_view where, std::vector<T>& all, Read read) {
  const YAML::Node section = root[name];
  if (!section) return {};
  if (!section.IsMap()) return yaml_error(section, where, fmt::format("{} must be a map of names", name));
  for (const auto& pair : section) {
    if (!pair.second.IsMap()) return yaml_error(pair.second, where, fmt::format("'{}' has no fields", pair.first.Scalar()));
    WB_TRY(read(pair.second, where, entry_of(all, pair.first.Scalar())));
  }
  return {};
}

Result<void> read_rules(std::string_view text, std::string_view where, ReasonRules& rules) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  if (!root.IsMap()) return yaml_error(root, where, "expected reasons, signals, playbooks, speech or settings");
  Fields top{root, where};
  for (const char* const one : {"settings", "speech", "playbooks", "reasons", "signals"}) top.other(one);
  WB_TRY(top.finish());
  if (const YAML::Node node = root["settings"]) {
    Fields fields{node, where};
    fields.number("prior_weight", rules.prior_weight, 1, 1e6);
    fields.number("ratio_weight", rules.ratio_weight, 1, 1e6);
    fields.number("cap", rules.cap, 1.01, 1e4);
    fields.number("least", rules.least, 0, 1);
    fields.number("listed", rules.listed, 0, 1);
    fields.number("product_blocks_from", rules.product_blocks_from, 0, 1);
    fields.number("need_gone_from", rules.need_gone_from, 0, 1);
    fields.days("speech_days", rules.speech_days);
    WB_TRY(fields.finish());
  }
  if (const YAML::Node speech = root["speech"]) {
    for (const auto& pair : speech) {
      double chance = 0;
      if (!YAML::convert<double>::decode(pair.second, chance) || !(chance >= 0 && chance <= 0.99)) {
        return yaml_error(pair.second, where, "the chance that words are about the reason is a number from 0 to 0.99");
      }
      rules.speech[pair.first.Scalar()] = chance;
    }
  }
  WB_TRY(read_section(root, "playbooks", where, rules.playbooks, read_playbook));
  WB_TRY(read_section(root, "reasons", where, rules.reasons, read_reason));
  WB_TRY(read_section(root, "signals", where, rules.signals, read_signal));
  for (const model::Reason& reason : rules.reasons) {
    const bool found = std::ranges::any_of(rules.playbooks, [&](const model::Playbook& one) { return one.id == reason.playbook; });
    if (!found) return fail(Code::invalid_input, "{}: reason '{}' names the playbook '{}', which is not there", where, reason.id, reason.playbook);
  }
  for (const model::Signal& signal : rules.signals) {
    for (const auto& [id, ratio] : signal.ratios) {
      const bool found = std::ranges::any_of(rules.reasons, [&](const model::Reason& one) { return one.id == id; });
      if (!found) return fail(Code::invalid_input, "{}: signal '{}' has a ratio for '{}', which is no reason", where, signal.id, id);
    }
  }
  return {};
}

Result<void> read_words(std::string_view text, std::string_view where, ReasonRules& rules) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  if (!root.IsMap()) return yaml_error(root, where, "expected en, zh-CN and zh-TW");
  for (const auto& language : root) {
    if (!language.second.IsMap()) return yaml_error(language.second, where, "expected a topic with sentences, one a line");
    for (const auto& topic : language.second) {
      const std::string id = topic.first.Scalar();
      const bool found = id == "content" || std::ranges::any_of(rules.reasons, [&](const model::Reason& one) { return one.id == id; });
      if (!found) return yaml_error(topic.first, where, fmt::format("'{}' is no reason", id));
      std::istringstream lines{topic.second.Scalar()};
      for (std::string line; std::getline(lines, line);) {
        if (!line.empty()) rules.seeds.push_back({id, line});
      }
    }
  }
  return {};
}

Result<std::string> read_whole(const fs::path& file) {
  std::ifstream in{file};
  if (!in) return fail(Code::invalid_input, "{}: cannot be read", file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

Result<ReasonRules> load_reason_rules(const fs::path& data) {
  ReasonRules rules;
  WB_TRY(read_rules(gen::file_text("presets/reasons.yaml"), "presets/reasons.yaml", rules));
  WB_TRY(read_words(gen::file_text("presets/reason_words.yaml"), "presets/reason_words.yaml", rules));
  if (const fs::path own = data / "reasons.yaml"; fs::exists(own)) {
    WB_ASSIGN(const std::string text, read_whole(own));
    WB_TRY(read_rules(text, own.string(), rules));
  }
  if (const fs::path own = data / "reason_words.yaml"; fs::exists(own)) {
    WB_ASSIGN(const std::string text, read_whole(own));
    WB_TRY(read_words(text, own.string(), rules));
  }
  return rules;
}

}  // namespace app
