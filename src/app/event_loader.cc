#include "app/event_loader.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "collect/import.h"
#include "collect/stream/rows.h"
#include "gen/sql_warehouse.h"

namespace app {
namespace {

using base::Block;
using base::Column;
using base::ColumnKind;
using base::Result;
using collect::stream::Traits;
using collect::stream::WholeOrder;
using nlohmann::ordered_json;

constexpr std::string_view kCopied = "events identities";
constexpr std::int32_t kNoDay = -25567;  // 1900-01-01: not given
constexpr std::size_t kIdsAtOnce = 2000;

struct Customer {
  std::int32_t joined = kNoDay, birthday = kNoDay;
  std::string country, city, language;
  std::vector<std::string> tags;
  ordered_json attributes = ordered_json::object();
  std::uint64_t version = 0;
};

std::string text_of(const ordered_json& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (const auto found = json.find(key); found != json.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

std::int32_t day_of(const std::string& text) {
  const auto day = base::parse_day(std::string_view{text}.substr(0, 10));
  return day ? base::day_number(*day) : kNoDay;
}

/// Traits are added to what is known; the same trait anew replaces it.
void add_traits(Customer& customer, const Traits& traits) {
  auto json = ordered_json::parse(traits.json, nullptr, false);
  if (!json.is_object()) return;
  json.erase("$event");
  if (const std::string text = text_of(json, {"createdAt", "created_at"}); day_of(text) != kNoDay) customer.joined = day_of(text);
  if (const std::string text = text_of(json, {"birthday"}); day_of(text) != kNoDay) customer.birthday = day_of(text);
  if (std::string text = text_of(json, {"country"}); !text.empty()) customer.country = std::move(text);
  if (std::string text = text_of(json, {"city"}); !text.empty()) customer.city = std::move(text);
  if (!traits.language.empty()) customer.language = traits.language;
  if (const auto tags = json.find("tags"); tags != json.end() && tags->is_array()) {
    customer.tags.clear();
    for (const auto& tag : *tags) {
      if (tag.is_string()) customer.tags.push_back(tag.get<std::string>());
    }
  }
  for (const char* own : {"createdAt", "created_at", "birthday", "country", "city", "tags", "language"}) json.erase(own);
  for (auto& [key, value] : json.items()) customer.attributes[key] = value;
}

Result<std::map<std::string, Customer>> known_customers(const std::vector<std::string>& ids, port::Warehouse& warehouse) {
  std::map<std::string, Customer> customers;
  for (std::size_t from = 0; from < ids.size(); from += kIdsAtOnce) {
    const std::vector<std::string> some{ids.begin() + static_cast<std::ptrdiff_t>(from),
                                        ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), from + kIdsAtOnce))};
    WB_TRY(warehouse.select({gen::warehouse::stream_customers.name, gen::warehouse::stream_customers.text, {{"ids", text_array(some)}}},
                            [&](Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
      WB_ASSIGN(const auto* joined, block.need("joined_day", ColumnKind::i32));
      WB_ASSIGN(const auto* birthday, block.need("birthday", ColumnKind::i32));
      WB_ASSIGN(const auto* country, block.need("country", ColumnKind::text));
      WB_ASSIGN(const auto* city, block.need("city", ColumnKind::text));
      WB_ASSIGN(const auto* language, block.need("language", ColumnKind::text));
      WB_ASSIGN(const auto* tags, block.need("tags", ColumnKind::text_list));
      WB_ASSIGN(const auto* attributes, block.need("attributes", ColumnKind::text));
      WB_ASSIGN(const auto* version, block.need("version", ColumnKind::u64));
      for (std::size_t i = 0; i < block.rows(); ++i) {
        Customer& customer = customers[std::string{id->text()[i]}];
        customer.joined = joined->as<std::int32_t>()[i];
        customer.birthday = birthday->as<std::int32_t>()[i];
        customer.country = country->text()[i];
        customer.city = city->text()[i];
        customer.language = language->text()[i];
        const auto& list = tags->text_list();
        for (std::size_t k = list.begin_of(i); k < list.end_of(i); ++k) customer.tags.emplace_back(list.items[k]);
        auto json = ordered_json::parse(attributes->text()[i], nullptr, false);
        if (json.is_object()) customer.attributes = std::move(json);
        customer.version = version->as<std::uint64_t>()[i];
      }
      return {};
    }));
  }
  return customers;
}

/// Rows of customers with their traits. They keep the version of what was known, so that a later import still wins.
Result<Block> customer_rows(const std::vector<Traits>& traits, port::Warehouse& warehouse) {
  std::set<std::string> named;
  for (const Traits& one : traits) named.insert(one.customer_id);
  WB_ASSIGN(auto customers, known_customers({named.begin(), named.end()}, warehouse));
  for (const Traits& one : traits) add_traits(customers[one.customer_id], one);
  Column id{"customer_id", ColumnKind::text}, joined{"joined_day", ColumnKind::day}, birthday{"birthday", ColumnKind::day},
      country{"country", ColumnKind::text}, city{"city", ColumnKind::text}, language{"language", ColumnKind::text},
      tags{"tags", ColumnKind::text_list}, attributes{"attributes", ColumnKind::text}, version{"version", ColumnKind::u64};
  for (const std::string& name : named) {
    const Customer& customer = customers[name];
    id.text().push_back(name);
    joined.as<std::int32_t>().push_back(customer.joined);
    birthday.as<std::int32_t>().push_back(customer.birthday);
    country.text().push_back(customer.country);
    city.text().push_back(customer.city);
    language.text().push_back(customer.language);
    for (const std::string& tag : customer.tags) tags.text_list().items.push_back(tag);
    tags.text_list().ends.push_back(tags.text_list().items.size());
    attributes.text().push_back(customer.attributes.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    version.as<std::uint64_t>().push_back(customer.version);
  }
  Block block;
  for (Column* column : {&id, &joined, &birthday, &country, &city, &language, &tags, &attributes, &version}) block.columns.push_back(std::move(*column));
  return block;
}

/// Lines that undo what orders cancelled or refunded whole had sold.
Result<void> undo_orders(const std::vector<WholeOrder>& orders, port::Warehouse& warehouse, collect::stream::Rows& rows) {
  std::vector<std::string> ids, names;
  for (const WholeOrder& order : orders) {
    ids.push_back(order.customer_id);
    names.push_back(order.order_id);
  }
  return warehouse.select({gen::warehouse::stream_orders.name, gen::warehouse::stream_orders.text, {{"ids", text_array(ids)}, {"orders", text_array(names)}}},
                          [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* name, block.need("order_id", ColumnKind::text));
    WB_ASSIGN(const auto* key, block.need("line_key", ColumnKind::text));
    WB_ASSIGN(const auto* sku, block.need("sku", ColumnKind::text));
    WB_ASSIGN(const auto* product, block.need("product", ColumnKind::text));
    WB_ASSIGN(const auto* category, block.need("category", ColumnKind::text));
    WB_ASSIGN(const auto* quantity, block.need("quantity", ColumnKind::amount));
    WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::amount));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      for (const WholeOrder& order : orders) {
        if (order.customer_id != id->text()[i] || order.order_id != name->text()[i]) continue;
        rows.undo_line(order, key->text()[i], sku->text()[i], product->text()[i], category->text()[i], quantity->as<std::int64_t>()[i],
                       amount->as<std::int64_t>()[i]);
      }
    }
    return {};
  });
}

}  // namespace

std::string text_array(const std::vector<std::string>& texts) {
  std::string literal = "[";
  for (const std::string& text : texts) {
    if (literal.size() > 1) literal += ',';
    literal += '\'';
    for (const char c : text) {
      if (c == '\'' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '\'';
  }
  return literal + "]";
}

EventLoader::EventLoader(collect::spool::Spool& spool, port::Warehouse& warehouse, port::ActStore& store, base::Zone zone, std::string currency)
    : spool_(spool), warehouse_(warehouse), store_(store), zone_(std::move(zone)), currency_(std::move(currency)) {}

Result<EventLoader> EventLoader::open(collect::spool::Spool& spool, port::Warehouse& warehouse, port::ActStore& store, base::Zone zone,
                                      std::string currency) {
  return EventLoader{spool, warehouse, store, std::move(zone), std::move(currency)};
}

Result<void> EventLoader::copy_identities() {
  WB_ASSIGN(const std::int64_t changes, store_.events().identity_changes());
  WB_ASSIGN(const std::int64_t copied, store_.campaigns().offset(kCopied));
  if (changes <= copied) return {};
  Column id{"customer_id", ColumnKind::text}, person{"person_id", ColumnKind::text}, version{"version", ColumnKind::u64};
  WB_TRY(store_.events().each_identity(copied, [&](std::string_view customer, std::string_view known_as) -> Result<void> {
    id.text().push_back(customer);
    person.text().push_back(known_as);
    version.as<std::uint64_t>().push_back(static_cast<std::uint64_t>(changes));
    return {};
  }));
  Block block;
  for (Column* column : {&id, &person, &version}) block.columns.push_back(std::move(*column));
  if (block.rows() > 0) WB_TRY(warehouse_.insert("identities", fmt::format("identities:{}:{}-{}", store_.workspace_id(), copied, changes), block));
  return store_.campaigns().set_offset(kCopied, changes);
}

Result<EventLoader::Loaded> EventLoader::load(const collect::spool::Spool::Sealed& segment) {
  if (!tables_) {
    WB_TRY(collect::ensure_tables(warehouse_));
    tables_ = true;
  }
  WB_TRY(copy_identities());
  Loaded loaded;
  collect::stream::Rows rows{zone_, currency_};
  std::set<std::string, std::less<>> buyers;
  WB_ASSIGN(const auto end, spool_.read(segment.begin, segment.end - segment.begin, [&](collect::spool::Position at, std::string_view record) -> Result<void> {
    if (at >= segment.end) return {};  // damaged bytes were passed over: the next segment is another turn's
    return collect::stream::read_record(record, [&](const collect::stream::Event& event, base::Instant received) -> Result<void> {
      if (event.kind == collect::stream::Kind::track && collect::stream::is_order(event.type) && !buyers.contains(event.customer_id)) {
        buyers.emplace(event.customer_id);
      }
      return rows.add(event, received);
    });
  }));
  (void)end;
  loaded.events = rows.events();
  loaded.other_currency = rows.other_currency();
  const std::string token = fmt::format("spool:{}:{}-{}", store_.workspace_id(), segment.begin, segment.end);
  if (const Block lines = rows.take_order_lines(); lines.rows() > 0) WB_TRY(warehouse_.insert("order_lines", token + ":lines", lines));
  if (const auto whole = rows.take_whole_orders(); !whole.empty()) {
    WB_TRY(undo_orders(whole, warehouse_, rows));
    if (const Block undone = rows.take_order_lines(); undone.rows() > 0) WB_TRY(warehouse_.insert("order_lines", token + ":undone", undone));
  }
  auto traits = rows.take_traits();
  Result<void> asked;
  std::erase_if(traits, [&](const Traits& one) {  // what lay in the spool when its customer was erased
    const auto said = store_.people().consents(one.customer_id);
    if (!said) asked = std::unexpected(said.error());
    return said && std::ranges::any_of(*said, [](const model::ConsentRecord& record) { return record.source == "erased"; });
  });
  WB_TRY(asked);
  if (!traits.empty()) {
    WB_ASSIGN(const Block customers, customer_rows(traits, warehouse_));
    WB_TRY(warehouse_.insert("customers", token + ":customers", customers));
  }
  // Last: who sees the events sees everything of the segment.
  if (const Block events = rows.take_events(); events.rows() > 0) WB_TRY(warehouse_.insert("events", token + ":events", events));
  loaded.buyers.assign(buyers.begin(), buyers.end());
  return loaded;
}

}  // namespace app
