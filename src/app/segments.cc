#include "app/segments.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/journey_words.h"
#include "app/outputs.h"
#include "app/yaml.h"
#include "decide/where.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

Result<Segments> load_segments(const std::filesystem::path& data) {
  Segments segments;
  std::ifstream in{data / "segments.yaml", std::ios::binary};
  if (!in) return segments;
  std::ostringstream text;
  text << in.rdbuf();
  WB_ASSIGN(const YAML::Node root, parse_yaml(text.str(), "segments.yaml"));
  if (root.IsNull()) return segments;
  if (!root.IsMap()) return yaml_error(root, "segments.yaml", "write it as `name: condition`, a line for each segment");
  for (const auto& entry : root) {
    if (!entry.first.IsScalar() || !entry.second.IsScalar()) return yaml_error(entry.first, "segments.yaml", "a segment is a name and one condition");
    segments[entry.first.Scalar()] = entry.second.Scalar();
  }
  return segments;
}

Result<void> keep_segment(const std::filesystem::path& data, const std::string& name, const std::string& condition) {
  if (!is_name(name, "-_")) return fail(Code::invalid_input, "a segment's name is 1 to 64 small letters, digits, - and _");
  if (model::named_condition(name)) return fail(Code::invalid_input, "'{}' is a segment that exists anyway; choose another name", name);
  if (!condition.empty()) WB_TRY(decide::parse_where(condition));
  WB_ASSIGN(Segments segments, load_segments(data));
  if (condition.empty()) {
    if (segments.erase(name) == 0) return fail(Code::not_found, "there is no segment '{}'", name);
  } else {
    segments[name] = condition;
  }
  YAML::Emitter out;
  out << YAML::Comment("The shop's own segments: conditions in the language of `winback plan --where`.") << YAML::BeginMap;
  for (const auto& [key, value] : segments) out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  out << YAML::EndMap;
  return write_whole(data / "segments.yaml", std::string{out.c_str()} + "\n");
}

Result<std::string> segment_condition(const std::filesystem::path& data, const std::string& text) {
  if (!is_name(text, "-_") || model::named_condition(text)) return text;
  WB_ASSIGN(const Segments segments, load_segments(data));
  const auto own = segments.find(text);
  return own == segments.end() ? text : own->second;
}

}  // namespace app
