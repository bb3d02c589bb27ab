#pragma once

#include <nlohmann/json.hpp>

#include "liquid/value.h"

namespace tests {

/// JSON as data for a template, members in their order.
inline liquid::Value to_value(const nlohmann::ordered_json& json) {
  using Kind = nlohmann::ordered_json::value_t;
  switch (json.type()) {
    case Kind::boolean: return json.get<bool>();
    case Kind::number_integer:
    case Kind::number_unsigned: return json.get<std::int64_t>();
    case Kind::number_float: return json.get<double>();
    case Kind::string: return std::string_view(json.get_ref<const std::string&>());
    case Kind::array: {
      liquid::Value list = liquid::Value::array(json.size());
      for (const auto& item : json) list.push(to_value(item));
      return list;
    }
    case Kind::object: {
      liquid::Value object = liquid::Value::object(json.size());
      for (const auto& [name, item] : json.items()) object.set_copied(name, to_value(item));
      return object;
    }
    default: return {};
  }
}

}  // namespace tests
