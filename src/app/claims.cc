#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/desk.h"
#include "app/yaml.h"

namespace app {

using base::Result;

Result<std::vector<Claim>> load_claims(const std::filesystem::path& file) {
  std::vector<Claim> claims;
  std::ifstream in{file};
  if (!in) return claims;
  std::ostringstream text;
  text << in.rdbuf();
  const std::string where = file.filename().string();
  WB_ASSIGN(const YAML::Node root, parse_yaml(text.str(), where));
  if (root.IsNull()) return claims;
  if (!root.IsMap()) return yaml_error(root, where, "expected claims by name, such as `rating: {text: …, source: …, date: …}`");
  for (const auto& entry : root) {
    Claim claim{.key = entry.first.Scalar()};
    if (!entry.second.IsMap()) return yaml_error(entry.second, where, "a claim has text, source and date, and may have expires");
    for (const auto& field : entry.second) {
      const std::string name = field.first.Scalar();
      const std::string value = field.second.IsScalar() ? field.second.Scalar() : "";
      if (name == "text") claim.text = value;
      else if (name == "source") claim.source = value;
      else if (name == "date" || name == "expires") {
        const auto day = base::parse_day(value);
        if (!day) return yaml_error(field.second, where, day.error().message);
        if (name == "date") claim.as_of = *day;
        else claim.expires = *day;
      } else {
        return yaml_error(field.first, where, fmt::format("'{}' is nothing a claim has; known are text, source, date, expires", name));
      }
    }
    if (claim.text.empty() || claim.source.empty() || claim.as_of == base::Day{})
      return yaml_error(entry.second, where, fmt::format("the claim '{}' needs text, source and date: who said it, and when", claim.key));
    claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace app
