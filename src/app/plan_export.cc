#include "app/plan_export.h"

#include <array>
#include <map>
#include <unordered_map>
#include <vector>

#include "collect/csv_writer.h"
#include "decide/ledger.h"

namespace app {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::fail;
using base::Result;

namespace {

/// What one line of an export can hold.
struct Line {
  std::string customer_id, email, phone, name, language, offer, code, expires;
  std::string wave;
};

/// A column of a system's import form: its heading there and what goes into it.
struct Target {
  std::string_view heading;
  std::string Line::* field;
};

/// The systems a plan can be handed to. Headings are those their import pages name.
const std::map<std::string, std::vector<Target>>& systems() {
  static const std::map<std::string, std::vector<Target>> known = {
      {"csv",
       {{"customer_id", &Line::customer_id}, {"email", &Line::email}, {"phone", &Line::phone}, {"name", &Line::name},
        {"language", &Line::language}, {"offer", &Line::offer}, {"code", &Line::code}, {"expires", &Line::expires}, {"wave", &Line::wave}}},
      {"mailchimp",
       {{"Email Address", &Line::email}, {"First Name", &Line::name}, {"Language", &Line::language}, {"WB_OFFER", &Line::offer},
        {"WB_CODE", &Line::code}, {"WB_UNTIL", &Line::expires}, {"Tags", &Line::wave}}},
      {"klaviyo",
       {{"Email", &Line::email}, {"Phone Number", &Line::phone}, {"First Name", &Line::name}, {"Locale", &Line::language},
        {"winback_offer", &Line::offer}, {"winback_code", &Line::code}, {"winback_until", &Line::expires}, {"winback_wave", &Line::wave}}},
      {"youzan",
       {{"客户手机号", &Line::phone}, {"客户姓名", &Line::name}, {"客户标签", &Line::wave}, {"优惠名称", &Line::offer},
        {"优惠码", &Line::code}, {"有效期至", &Line::expires}}},
  };
  return known;
}

}  // namespace

Result<void> check_export_system(const std::string& system) {
  if (systems().contains(system)) return {};
  return fail(Code::invalid_input, "'{}' is no system winback exports to; choose csv, mailchimp, klaviyo or youzan", system);
}

Result<PlanExport> export_plan(const SavedPlan& saved, const std::string& system_name, text::Language language, port::Store& store,
                               port::Warehouse& warehouse) {
  WB_TRY(check_export_system(system_name));
  const auto system = systems().find(system_name);
  WB_TRY(decide::ensure_tables(warehouse));
  struct Contact {
    std::string email, phone, name, language;
    bool any_open = false;
  };
  std::unordered_map<std::string, Contact> contacts;
  WB_TRY(store.contacts().each([&](const model::ContactPoint& point) -> Result<void> {
    Contact& contact = contacts[point.customer_id];
    if (!point.name.empty()) contact.name = point.name;
    if (!point.language.empty()) contact.language = point.language;
    if (point.opted_out) return {};  // an address that said no is never handed on
    contact.any_open = true;
    if (point.channel == "email") contact.email = point.address;
    if (point.channel == "phone") contact.phone = point.address;
    return {};
  }));
  const bool contacts_known = !contacts.empty();
  const bool needs_address = system_name != "csv";
  const std::size_t of_language = static_cast<std::size_t>(language);

  PlanExport out;
  std::uint64_t &written = out.customers, &without_address = out.without_address;
  std::vector<std::string_view> cells;
  for (const Target& target : system->second) cells.push_back(target.heading);
  collect::append_csv_row(out.csv, cells);
  WB_TRY(decide::load_decisions(saved.plan.id, warehouse, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* verdict, block.need("verdict", ColumnKind::text));
    WB_ASSIGN(const auto* offer_id, block.need("offer", ColumnKind::text));
    WB_ASSIGN(const auto* code, block.need("code", ColumnKind::text));
    WB_ASSIGN(const auto* wave, block.need("wave", ColumnKind::u8));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::string_view what = verdict->text()[row];
      if (what != "approach" && what != "explore") continue;  // held-out customers never leave the program
      Line line;
      line.customer_id = id->text()[row];
      const auto contact = contacts.find(line.customer_id);
      if (contact != contacts.end()) {
        if (!contact->second.any_open) continue;
        line.email = contact->second.email;
        line.phone = contact->second.phone;
        line.name = contact->second.name;
        line.language = contact->second.language;
      }
      const bool addressed = system_name == "youzan" ? !line.phone.empty() : !line.email.empty();
      if ((contacts_known || needs_address) && !addressed && (needs_address || line.phone.empty())) {
        ++without_address;
        continue;
      }
      for (const model::Offer& offer : saved.offers) {
        if (offer.id != offer_id->text()[row]) continue;
        line.offer = offer.name[of_language];
        if (offer.expires_days > 0) {
          line.code = code->text()[row];
          line.expires = base::to_string(saved.plan.as_of + std::chrono::days{offer.expires_days});
        }
      }
      line.wave = fmt::format("winback-wave-{}", wave->as<std::uint8_t>()[row]);
      if (system_name == "csv") line.wave = fmt::format("{}", wave->as<std::uint8_t>()[row]);
      cells.clear();
      for (const Target& target : system->second) cells.push_back(line.*target.field);
      collect::append_csv_row(out.csv, cells);
      ++written;
    }
    return {};
  }));
  if (written == 0 && without_address > 0) {
    return fail(Code::not_found, "none of the {} customers of {} has an address for {}; import contact data with `winback import customers FILE`",
                without_address, saved.plan.id, system_name);
  }
  return out;
}

}  // namespace app
