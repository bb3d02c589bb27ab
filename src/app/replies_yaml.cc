#include "app/replies_yaml.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "base/words.h"
#include "gen/files.h"

namespace app {
namespace {

using act::respond::ReplyKind;
using act::respond::ReplyRules;
using base::Result;

/// The form replies are compared in; a blank at the end of a mark is part of it.
std::string plain(const YAML::Node& node) {
  std::string text = base::plain_text(node.Scalar());
  while (text.starts_with(' ') || text.starts_with('\n')) text.erase(0, 1);
  while (text.ends_with(' ') || text.ends_with('\n')) text.pop_back();
  return text;
}

std::optional<ReplyKind> kind_named(std::string_view name) {
  for (const ReplyKind kind : {ReplyKind::stop, ReplyKind::start, ReplyKind::help, ReplyKind::complaint, ReplyKind::question, ReplyKind::praise}) {
    if (act::respond::name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

Result<ReplyKind> need_kind(const YAML::Node& node, std::string_view where) {
  const auto kind = kind_named(node.IsScalar() ? node.Scalar() : "");
  if (!kind) return yaml_error(node, where, "the kind must be stop, start, help, complaint, question or praise");
  return *kind;
}

Result<void> read_words(const YAML::Node& list, std::string_view where, std::vector<std::string>& into) {
  if (!list.IsSequence()) return yaml_error(list, where, "expected a list of words");
  for (const auto& word : list) {
    std::string text = word.IsScalar() ? plain(word) : "";
    // Signs alone ("?") are kept as they are; an empty text would be found everywhere.
    if (text.empty()) return yaml_error(word, where, "a word must not be empty");
    into.push_back(std::move(text));
  }
  return {};
}

Result<void> read_keywords(const YAML::Node& node, std::string_view where, ReplyRules& rules) {
  for (const auto& entry : node) {
    Fields fields{entry, where};
    fields.other("kind");
    fields.other("words");
    std::vector<std::string> channels, words;
    for (const YAML::Node& channel : fields.list("channels")) channels.push_back(channel.Scalar());
    WB_TRY(fields.finish());
    WB_ASSIGN(const ReplyKind kind, need_kind(entry["kind"], where));
    WB_TRY(read_words(entry["words"], where, words));
    for (std::string& word : words) rules.keywords.push_back({kind, std::move(word), channels});
  }
  return {};
}

Result<void> read_phrases(const YAML::Node& node, std::string_view where, ReplyRules& rules) {
  if (!node.IsMap()) return yaml_error(node, where, "phrases must be listed by kind");
  for (const auto& of_kind : node) {
    WB_ASSIGN(const ReplyKind kind, need_kind(of_kind.first, where));
    for (const auto& entry : of_kind.second) {
      double weight = 0;
      Fields fields{entry, where};
      fields.other("words");
      fields.number("weight", weight, -20, 20);
      WB_TRY(fields.finish());
      std::vector<std::string> words;
      WB_TRY(read_words(entry["words"], where, words));
      for (std::string& word : words) rules.phrases.push_back({kind, std::move(word), weight});
    }
  }
  return {};
}

Result<void> read(std::string_view text, std::string_view where, ReplyRules& rules) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  Fields fields{root, where};
  for (const char* key : {"settings", "keywords", "phrases", "urgent", "auto_subjects", "quotes"}) fields.other(key);
  WB_TRY(fields.finish());
  if (const YAML::Node settings = root["settings"]) {
    Fields figures{settings, where};
    figures.number("unspoken", rules.unspoken, -20, 20);
    figures.number("least", rules.least, 0, 1);
    figures.number("stop_least", rules.stop_least, 0, 1);
    WB_TRY(figures.finish());
  }
  if (root["keywords"]) WB_TRY(read_keywords(root["keywords"], where, rules));
  if (root["phrases"]) WB_TRY(read_phrases(root["phrases"], where, rules));
  if (root["urgent"]) WB_TRY(read_words(root["urgent"], where, rules.urgent));
  if (root["auto_subjects"]) WB_TRY(read_words(root["auto_subjects"], where, rules.auto_subjects));
  if (root["quotes"]) WB_TRY(read_words(root["quotes"], where, rules.quotes));
  return {};
}

}  // namespace

Result<ReplyRules> load_replies(const std::filesystem::path& data) {
  constexpr std::string_view kPreset = "presets/replies.yaml";
  ReplyRules rules;
  WB_TRY(read(gen::file_text(kPreset), kPreset, rules));
  std::ifstream in{data / "replies.yaml"};
  if (!in) return rules;
  std::ostringstream text;
  text << in.rdbuf();
  WB_TRY(read(text.str(), "replies.yaml", rules));
  return rules;
}

}  // namespace app
